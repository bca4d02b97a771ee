"""Rows of records: with their fields, numbers, tags, dates and words."""

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.plenty import vocabulary
from benchmarks.plenty.account import Account
from benchmarks.plenty.loading import Loader, Row
from benchmarks.plenty.size import CASE_OF, KINDS, Size, number, share

CITIES = ("Springfield", "Riverside", "Franklin", "Greenville", "Bristol", "Clinton")
REFERENCE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def load(to: Loader, size: Size, account: Account) -> None:
    """Write them all."""
    chance = Random(1)
    columns = "id,public_id,kind,title,fields,reference,about_id,owner_id,created_at,updated_at,last_text_at"
    to.add("records", columns, (_record(place, size, account, chance) for place in range(size.records)))
    to.words("record_words", ((place + 1, _sought(place, size)) for place in range(size.records)))
    keys = enumerate(((place, *key) for place in range(size.records) for key in _numbers(place)), 1)
    to.add("phone_keys", "id,record_id,field,raw,e164,how", (_key(row_id, *key) for row_id, key in keys))
    to.add("record_tags", "record_id,tag", _tags(size))
    to.add("record_moments", "record_id,field,kind,at,set_at", _moments(size))
    to.add("opt_outs", "number,reason,since", _opt_outs(size))


def kind_of(place: int) -> str:
    """The kind of the record at a place."""
    return KINDS[place % len(KINDS)]


def _record(place: int, size: Size, account: Account, chance: Random) -> Row:
    kind, created = kind_of(place), size.at(place / size.records)
    is_case = kind == "case"
    return (
        place + 1, f"{chance.getrandbits(128):032x}", kind, _title(place, size), json.dumps(_fields(place, size)),
        _reference(place) if is_case else None, place - 1 if is_case else None, _owner(place, account),
        created, created, _last_text(place, size),
    )  # fmt: skip


def _owner(place: int, account: Account) -> int | None:
    thrown = share(place, "owner")
    if thrown < 40:
        return account.admin if thrown < 20 else account.agent
    return account.colleagues[thrown % len(account.colleagues)] if thrown < 70 else None


def _title(place: int, size: Size) -> str:
    kind = kind_of(place)
    name = f"{vocabulary.first_name(place, size.records)} {vocabulary.last_name(place, size.records)}"
    if kind in ("contact", "lead"):
        return name
    last = vocabulary.last_name(place, size.records)
    return {"account": f"{last} & Co", "deal": f"Deal with {last}", "case": f"Question of {last}"}[kind]


def _fields(place: int, size: Size) -> dict[str, Any]:
    kind = kind_of(place)
    first, last = vocabulary.first_name(place, size.records), vocabulary.last_name(place, size.records)
    if kind == "deal":
        return {"name": _title(place, size), "amount": str(place % 9_000), "stage": "Proposal"}
    if kind == "case":
        status = "Closed" if place % 50 == CASE_OF + 2 else "Open"
        return {"name": _title(place, size), "status": status, "priority": "Normal"}
    fields: dict[str, Any] = {"email": f"{last}{place}@example.com".lower(), **dict(_numbers(place))}
    if kind == "account":
        return {**fields, "name": _title(place, size), "city": CITIES[place % len(CITIES)]}
    fields |= {"first_name": first, "last_name": last}
    if kind == "lead":
        return {**fields, "source": "Web"}
    fields |= {"city": CITIES[place % len(CITIES)], "allow_sms": share(place, "allow") >= 5, "status": "Active"}
    return {**fields, "appointment_at": _appointment(place, size).isoformat()} if _has_date(place) else fields


def _numbers(place: int) -> list[tuple[str, str]]:
    """Field → number as it was typed. Few have none, some have two."""
    kind = kind_of(place)
    if kind in ("deal", "case") or (place % 5 and share(place, "numberless") < 5):
        return []
    held = [("phone" if kind == "account" else "mobile", number(place))]
    return [*held, ("phone", f"+1212{place:07d}")] if kind == "contact" and share(place, "two") < 10 else held


def _key(row_id: int, place: int, field: str, raw: str) -> Row:
    return row_id, place + 1, field, raw, raw, "It carries its country code."


def _sought(place: int, size: Size) -> str:
    kind = kind_of(place)
    if kind == "case":
        return f"{_title(place, size)} FX-{_reference(place)} {_reference(place)}"
    email = f" {vocabulary.last_name(place, size.records)}{place}@example.com".lower() if kind != "deal" else ""
    return _title(place, size) + email


def _reference(place: int) -> str:
    return "".join(REFERENCE[place // 32**power % 32] for power in range(8))


def _last_text(place: int, size: Size) -> Any:
    talk, rest = divmod(place, size.apart)
    has_talk = rest == 0 and talk < size.conversations and size.record_of(talk) is not None
    return size.at((talk + 1) / size.conversations) if has_talk else None


def _has_date(place: int) -> bool:
    return kind_of(place) == "contact" and share(place, "appointment") < 20


def _appointment(place: int, size: Size) -> Any:
    return size.until + timedelta(hours=share(place, "hours", 4_000) - 2_000)


def _moments(size: Size) -> Iterator[Row]:
    for place in filter(_has_date, range(size.records)):
        yield place + 1, "appointment_at", "contact", _appointment(place, size), size.at(place / size.records)


def _tags(size: Size) -> Iterator[Row]:
    """Twenty tags: one on each fifth record, one on twelve records in all, the others between."""
    for place in range(size.records):
        if share(place, "vip") < 20:
            yield place + 1, "VIP"
        if place % (size.records // 12) == 7:
            yield place + 1, "gold"
        if share(place, "tagged") < 15:
            yield place + 1, f"tag {share(place, 'tag', 18)}"


def _opt_outs(size: Size) -> Iterator[Row]:
    for place in range(0, size.records, 100):
        if kind_of(place) == "contact":
            yield number(place), "STOP", size.at(place / size.records)
