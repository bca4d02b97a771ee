"""The section of lines: what is connected, how to connect more, and the page of each line."""

from flexie.web.settings.lines import accounts, connecting, listing, page, testing
from flexie.web.settings.lines.blueprint import bp

__all__ = ["accounts", "bp", "connecting", "listing", "page", "testing"]
