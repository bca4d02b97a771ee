"""The presets of Send later: up to five, each a label and a rule of flexie.laterrules, set up by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flexie import audit, laterrules
from flexie.db import lock
from flexie.models import Settings

MOST = 5
LONGEST_LABEL = 40  # characters
USUAL = (("In an hour", "In 1 hour"), ("Tomorrow morning", "Tomorrow morning"), ("Monday morning", "Monday morning"))
"""What an account has that never set up its own: label and rule."""


@dataclass(frozen=True)
class Preset:
    """What the menu calls it, and what it means."""

    label: str
    rule: laterrules.Rule


class PresetProblem(Exception):
    """Presets that cannot be so: row (from 0) and part of it ("label" or "rule") → what to write."""

    def __init__(self, errors: dict[tuple[int, str], str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def kept(settings: Settings) -> list[Preset]:
    """The account's presets, in their order."""
    rows = USUAL if settings.send_later is None else [(one["label"], one["rule"]) for one in settings.send_later]
    return [Preset(label, laterrules.read(rule)) for label, rule in rows]


def upcoming(settings: Settings, now: datetime) -> list[tuple[Preset, datetime]]:
    """The presets that mean something now, each with its moment (UTC). Of two that mean the same one, the first."""
    found: dict[datetime, Preset] = {}
    for preset in kept(settings):
        at = laterrules.next_of(preset.rule, settings, now).at
        if at is not None:
            found.setdefault(at, preset)
    return [(preset, at) for at, preset in found.items()]


def change(settings: Settings, typed: Sequence[tuple[str, str]]) -> None:
    """Keep other presets, typed as label and rule; rows without any are left out. Without a label it is the rule.

    Raises:
        PresetProblem: some of them will not do; all of those at once.
    """
    lock(settings)
    before = told(settings)
    settings.send_later = _checked(typed)
    if told(settings) != before:
        audit.note("account", settings.id, "changed", {"presets of Send later": (before, told(settings))})


def reset(settings: Settings) -> None:
    """Have the usual presets again."""
    change(settings, USUAL)
    settings.send_later = None


def told(settings: Settings) -> list[str]:
    """Each preset as the audit log tells it."""
    return [f"{each.label} ({laterrules.written(each.rule)})" for each in kept(settings)]


def _checked(typed: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    errors: dict[tuple[int, str], str] = {}
    found: dict[str, dict[str, str]] = {}
    for row, (label, rule) in enumerate(typed[:MOST]):
        label, rule = " ".join(label.split()), " ".join(rule.split())
        if not label and not rule:
            continue
        try:
            rule = laterrules.written(laterrules.read(rule))
        except laterrules.RuleProblem as problem:
            errors[row, "rule"] = str(problem)
            continue
        label = label or rule
        if len(label) > LONGEST_LABEL or not label.isprintable():
            errors[row, "label"] = f"Write at most {LONGEST_LABEL} characters."
        elif label.casefold() in found:
            errors[row, "label"] = f"There is a preset “{label}” already."
        found.setdefault(label.casefold(), {"label": label, "rule": rule})
    if errors:
        raise PresetProblem(errors)
    return list(found.values())
