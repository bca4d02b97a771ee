"""The presets of Send later, with a live preview of what each means next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, flash, request, url_for

from flexie import clock, laterrules, presets
from flexie.db import db
from flexie.models import Settings
from flexie.web import htmx
from flexie.web.reading import only_reads
from flexie.web.sendlater import at_home
from flexie.web.settings.frame import administered
from flexie.web.viewer import viewer

bp = administered("presets")


@dataclass(frozen=True)
class Row:
    """One preset in the form, as it is typed, with what is wrong with it, or what it means next."""

    label: str
    rule: str
    errors: dict[str, str]
    means: str


@bp.get("/settings/presets")
def page() -> Response:
    """The account's presets."""
    return _form([(each.label, laterrules.written(each.rule)) for each in presets.kept(Settings.get())], {})


@bp.post("/settings/presets")
def change() -> Response:
    """Keep what is typed. `do` may be "up-2" (move the third row up), "look" (say what they mean), or "usual"."""
    typed, do = _typed(), request.form.get("do", "")
    if do == "look" or do.startswith("up-"):
        return _form(_moved(typed, do), {})
    try:
        if do == "usual":
            presets.reset(Settings.get())
        else:
            presets.change(Settings.get(), typed)
    except presets.PresetProblem as problem:
        db.session.rollback()
        return _form(typed, problem.errors)
    db.session.commit()
    flash("Saved.")
    return htmx.go(url_for(".page"))


@bp.post("/settings/presets/preview")
@only_reads
def preview() -> Response:
    """What the rules mean as they are typed: each in its place."""
    return htmx.part("settings/presets/_means.html", rows=_rows(_typed(), {}), is_outside=True)


def _typed() -> list[tuple[str, str]]:
    given = request.form
    return [(given.get(f"label-{row}", ""), given.get(f"rule-{row}", "")) for row in range(presets.MOST)]


def _moved(typed: list[tuple[str, str]], do: str) -> list[tuple[str, str]]:
    row = do.removeprefix("up-")
    if row.isdecimal() and 0 < int(row[:2]) < len(typed):
        typed.insert(int(row[:2]) - 1, typed.pop(int(row[:2])))
    return typed


def _rows(typed: list[tuple[str, str]], errors: dict[tuple[int, str], str]) -> list[Row]:
    blank = [("", "")] * (presets.MOST - len(typed))
    seen: dict[datetime, int] = {}
    return [
        Row(
            label,
            rule,
            {part: words for (at, part), words in errors.items() if at == number},
            _means(rule, number, seen),
        )
        for number, (label, rule) in enumerate([*typed, *blank])
    ]


def _means(rule: str, number: int, seen: dict[datetime, int]) -> str:
    """What a rule means next, in words; nothing while there is none. `seen` are the moments of the rules before."""
    if not rule.strip():
        return ""
    try:
        found = laterrules.next_of(laterrules.read(rule), Settings.get(), clock.now())
    except laterrules.RuleProblem as problem:
        return str(problem)
    if found.at is None:
        return "Not offered now: this time has passed for today, or no such day comes within a year."
    first = seen.setdefault(found.at, number)
    return f"{_told(found, found.at)}{'' if first == number else f' Preset {first + 1} offers it now.'}"


def _told(found: laterrules.Next, at: datetime) -> str:
    eyes, told = viewer(), at_home(at)
    if found.skipped:
        told += f". The clock skips {found.skipped:%H:%M} that day, so it is {eyes.format.time(eyes.at_home(at))}"
    if found.is_twice:
        told += ". The clock shows this time twice that day; the first is meant"
    return f"{told}."


def _form(typed: list[tuple[str, str]], errors: dict[tuple[int, str], str]) -> Response:
    shown: dict[str, Any] = {"rows": _rows(typed, errors), "longest": presets.LONGEST_LABEL}
    shown["is_usual"] = Settings.get().send_later is None
    template = "settings/presets/page.html"
    return htmx.answer(template, template, status=422 if errors else 200, **shown)
