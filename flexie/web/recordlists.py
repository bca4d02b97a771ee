"""What of a list of records is asked for, as it stands in addresses and forms."""

from collections.abc import Mapping
from typing import cast

from sqlalchemy import select

from flexie.db import db
from flexie.listing import SORTS, Sort, View
from flexie.models import User
from flexie.web.login import me

NOBODY = "nobody"
MINE = "me"


def view_of(kind: str, given: Mapping[str, str]) -> View:
    """What is asked for; what makes no sense is taken for not asked."""
    sort = given.get("sort", "")
    return View(
        kind,
        q=given.get("q", "").strip(),
        owner=_owner(given.get("owner", "")),
        tag=given.get("tag", "").strip(),
        can_be_texted=bool(given.get("texted")),
        sort=cast(Sort, sort) if sort in SORTS else "newest",
    )


def _owner(written: str) -> int | None:
    if written in (NOBODY, MINE):
        return me().id if written == MINE else 0
    return db.session.scalar(select(User.id).where(User.public_id == written)) if written else None


def asked(view: View) -> dict[str, str]:
    """What is asked for, as it stands in an address; what is usual is left out."""
    owner = db.session.get(User, view.owner) if view.owner else None
    written = {
        "q": view.q,
        "owner": NOBODY if view.owner == 0 else owner.public_id if owner else "",
        "tag": view.tag,
        "texted": "yes" if view.can_be_texted else "",
        "sort": "" if view.sort == "newest" else view.sort,
    }
    return {name: value for name, value in written.items() if value}
