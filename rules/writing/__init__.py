"""From a tree back to its text, in canonical form: what is read from it is the same tree again."""

from rules.writing.items import write_file, write_rule

__all__ = ["write_file", "write_rule"]
