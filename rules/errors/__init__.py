"""Findings and the teaching of mistakes: apart from the grammar, so that a message can get better by itself."""

from rules.errors.finding import Finding, Level, Mistake

__all__ = ["Finding", "Level", "Mistake"]
