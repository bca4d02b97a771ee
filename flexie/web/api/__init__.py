"""The HTTP API, version 1: bearer tokens, JSON, problem details, and a document made from the code that serves it."""

from flexie.web.api import (
    consent,
    conversations,
    decisions,
    document,
    documents,
    handling,
    lines,
    media,
    messages,
    people,
    presets,
    records,
    rulefiles,
    runs,
    sending,
    starting,
    templates,
)
from flexie.web.api.operations import bp

SUBJECTS = (
    messages,
    media,
    sending,
    presets,
    templates,
    records,
    documents,
    rulefiles,
    starting,
    runs,
    decisions,
    conversations,
    handling,
    consent,
    lines,
    people,
    document,
)

__all__ = ["SUBJECTS", "bp"]
