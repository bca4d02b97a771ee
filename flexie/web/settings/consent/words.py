"""The words that say no, yes and help, and what is answered to them."""

from typing import Any, cast

from flask import Response, flash, request, url_for

from flexie import policy
from flexie.consent import LAW, Word
from flexie.db import db
from flexie.models import Settings
from flexie.web import counting, htmx
from flexie.web.reading import only_reads
from flexie.web.settings.consent.blueprint import bp

TITLES: dict[Word, str] = {"stop": "No more texts", "start": "Texts again", "help": "Help"}


@bp.get("/settings/consent/words")
def words() -> Response:
    """The words and answers as they are."""
    settings = Settings.get()
    box = {f"{kind}_words": ", ".join(policy.own_words(settings, kind)) for kind in LAW}
    return _page(box | {f"{kind}_answer": getattr(settings, f"{kind}_answer") for kind in LAW})


@bp.post("/settings/consent/words")
def change_words() -> Response:
    """Keep them. The law's words stay in any case."""
    box = {name: request.form.get(name, "") for kind in LAW for name in (f"{kind}_words", f"{kind}_answer")}
    try:
        policy.change_words(_of(box, "words"), _of(box, "answer"))
    except policy.PolicyProblem as problem:
        db.session.rollback()
        return _page(box, problem.errors)
    db.session.commit()
    flash("Saved.")
    return htmx.go(url_for(".words"))


@bp.post("/settings/consent/words/count")
@only_reads
def count_answer() -> Response:
    """How long an answer is as it goes over the air: that of the kind `of`."""
    text = counting.one_line_ends(request.form.get(f"{request.args.get('of', '')}_answer", ""))
    return htmx.part("compose/_count.html", text=text, count=counting.of(text), is_told_only=True)


def _of(box: dict[str, str], what: str) -> dict[Word, str]:
    return {cast(Word, kind): box[f"{kind}_{what}"] for kind in LAW}


def _page(box: dict[str, str], errors: dict[str, str] | None = None) -> Response:
    shown: dict[str, Any] = {"box": box, "errors": errors or {}, "law": LAW, "titles": TITLES}
    page = "settings/consent/words.html"
    return htmx.answer(page, page, status=422 if errors else 200, **shown)
