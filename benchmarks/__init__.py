"""Measurements of the hot paths, each against a limit that is measured in the same run (README.md)."""
