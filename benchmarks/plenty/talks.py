"""Rows of conversations with their messages, in the order in which texts came and went, and what colleagues did."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.plenty import vocabulary
from benchmarks.plenty.account import Account
from benchmarks.plenty.loading import Loader, Row
from benchmarks.plenty.size import Size, share

SPELL = 0.05  # of the account's life: over so long a time a conversation goes on
CONVERSATION = (
    "id,public_id,line_id,number,last_at,last_text,last_direction,unread,linked,state,opened_at,texts,"
    "assignee_id,assigned_group_id,last_out_id"
)
MESSAGE = (
    "id,public_id,conversation_id,line_id,direction,text,sender_number,to_number,status,segments,stage,opens,case_id,"
    "created_at,due_at,attempted_at,sent_at,delivered_at,failed_at,error_code,error,user_id,media,intent"
)

URL = "https://media.example.com/1"
MEDIA = json.dumps([{"url": URL, "content_type": "image/png"}])
FILE = "id,public_id,message_id,position,url,declared,state,content_type,ending,size,width,height,kept_at"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


@dataclass(frozen=True)
class Text:
    """A message to be: which one of its conversation it is, when, and whose it is."""

    at: float
    talk: int
    turn: int
    is_ours: bool
    status: str


def load(to: Loader, size: Size, account: Account) -> None:
    """Write them all."""
    texts = sorted(_texts(size), key=lambda text: text.at)
    last, last_out = {}, {}
    for place, text in enumerate(texts):
        if text.status != "scheduled":
            last[text.talk] = place
        if text.is_ours:
            last_out[text.talk] = place + 1
    chance = Random(2)
    said = [vocabulary.text(place, len(texts), chance) for place in range(len(texts))]
    talks = (
        (*_talk(talk, said[last[talk]], texts[last[talk]], size, account), last_out.get(talk))
        for talk in range(size.conversations)
    )
    to.add("conversations", CONVERSATION, talks)
    to.add("messages", MESSAGE, (_message(at, text, said[at], size, account) for at, text in enumerate(texts)))
    to.words("message_words", enumerate(said, 1))
    pictured = [at for at, text in enumerate(texts) if _has_picture(at, text)]
    to.add("media_files", FILE, (_file(row_id, at, texts[at], size) for row_id, at in enumerate(pictured, 1)))
    to.add("media_bytes", "media_id,data", ((row_id, PICTURE) for row_id in range(1, len(pictured) + 1)))
    links = ((at + 1, record + 1) for at, text in enumerate(texts) for record in _of(text.talk, size))
    to.add("message_links", "message_id,record_id", links)
    to.add("conversation_links", "conversation_id,record_id,user_id,created_at", _by_hand(size, account))
    to.add("notes", "id,public_id,conversation_id,user_id,text,intent,created_at", _notes(size, account))
    to.add("audit_entries", "at,subject,subject_id,did,changes,user_id", _entries(size, account))
    used = (at for at, text in enumerate(texts) if text.is_ours and share(at, "template") < 10)
    to.add("template_uses", "message_id,template_id", ((at + 1, 1 + at % 30) for at in used))


def _texts(size: Size) -> Iterator[Text]:
    for talk in range(size.conversations):
        length = size.length(talk)
        end = (talk + 1) / size.conversations
        apart = (end if talk == size.long_talk else SPELL) / length
        ours_last = 0 if is_unread(talk) else share(talk, "ours last", 2)
        for turn in range(length):
            left = length - 1 - turn
            is_ours = (left + ours_last) % 2 == 1
            status = _status(talk, turn, is_latest=left < 2) if is_ours else "received"
            yield Text(end - left * apart * (0.5 + share(talk, "pace") / 200), talk, turn, is_ours, status)
        if is_open(talk) and share(talk, "scheduled") < 20:
            yield Text(end, talk, length, True, "scheduled")


def _status(talk: int, turn: int, *, is_latest: bool) -> str:
    if is_latest:
        return ("failed", "undelivered", "held")[talk % 3] if share(talk, "failed") < 20 else "delivered"
    thrown = share(talk * 97 + turn, "status")
    return "failed" if thrown < 2 else "sent" if thrown < 7 else "delivered"


def is_unread(talk: int) -> bool:
    """Whether nobody has read the latest text."""
    return is_open(talk) and share(talk, "unread") < 30


def is_open(talk: int) -> bool:
    """Whether it is in people's lists."""
    return share(talk, "closed") >= 20


def line_of(talk: int, account: Account) -> tuple[int, str]:
    """The line of a conversation, with its number: half of them are on the first."""
    return account.lines[(0, 0, 0, 0, 0, 1, 1, 2, 3, 4)[share(talk, "line", 10)]]


def _keeper(talk: int, account: Account) -> tuple[int | None, int | None]:
    """The person or the group that a conversation is assigned to."""
    thrown = share(talk, "keeper")
    if thrown < 40:
        return (account.admin if thrown < 20 else account.agent), None
    if thrown < 50:
        return account.colleagues[thrown % len(account.colleagues)], None
    return None, account.groups[thrown % len(account.groups)] if thrown < 65 else None


def _talk(talk: int, said: str, last: Text, size: Size, account: Account) -> Row:
    assignee, group = _keeper(talk, account)
    at = size.at(last.at)
    return (
        talk + 1, f"{talk:016x}{share(talk, 'public', 1 << 32):016x}", line_of(talk, account)[0], size.number_of(talk),
        at, said[:160], "out" if last.is_ours else "in", 1 + share(talk, "how many", 3) if is_unread(talk) else 0,
        bool(_of(talk, size)), "open" if is_open(talk) else "closed", at - timedelta(days=10), 2, assignee, group,
    )  # fmt: skip


def _message(place: int, text: Text, said: str, size: Size, account: Account) -> Row:
    line_id, ours = line_of(text.talk, account)
    theirs, at, case = size.number_of(text.talk), size.at(text.at), size.case_of(text.talk)
    sender, to = (ours, theirs) if text.is_ours else (theirs, ours)
    arrived = text.status in ("delivered", "sent")
    failed = at if text.status in ("failed", "undelivered") else None
    by_rule = text.is_ours and share(place, "by rule") < 30
    return (
        place + 1, f"{place:016x}{share(place, 'public', 1 << 32):016x}", text.talk + 1, line_id,
        "out" if text.is_ours else "in", said, sender, to, text.status, 1, None if text.is_ours else "triggered",
        text.turn == 0, case + 1 if case is not None else None, at, _due(place, text, at, size),
        at if text.is_ours and (arrived or failed) else None,
        at if arrived else None, at if text.status == "delivered" else None, failed,
        "30003" if failed else None, "The phone is off or out of reach." if failed else None,
        account.agent if text.is_ours and not by_rule else None,
        MEDIA if _has_picture(place, text) else None, f"plenty:{place}" if text.is_ours else None,
    )  # fmt: skip


def _has_picture(place: int, text: Text) -> bool:
    return not text.is_ours and share(place, "picture") < 2


def _file(row_id: int, place: int, text: Text, size: Size) -> Row:
    public_id, at = f"{row_id:032x}", size.at(text.at)
    return row_id, public_id, place + 1, 0, URL, "image/png", "kept", "image/png", "png", len(PICTURE), 1, 1, at


def _due(place: int, text: Text, at: datetime, size: Size) -> datetime | None:
    if text.status == "scheduled":
        return size.until + timedelta(days=3650, minutes=text.talk)
    if not text.is_ours:
        return None
    return at + timedelta(hours=1) if share(place, "later") < 4 else at


def _of(talk: int, size: Size) -> list[int]:
    return size.linked(talk)


def _by_hand(size: Size, account: Account) -> Iterator[Row]:
    """Few are linked by a person, to one more record."""
    for talk in range(size.conversations):
        if (record := size.record_of(talk)) is not None and share(talk, "by hand") < 5:
            yield talk + 1, record + 2, account.agent, size.at((talk + 1) / size.conversations)


def _notes(size: Size, account: Account) -> Iterator[Row]:
    noted = [talk for talk in range(size.conversations) if share(talk, "noted") < 30 or talk == size.long_talk]
    for row_id, talk in enumerate(sorted([*noted, *noted[::2]]), 1):
        at = size.at((talk + 1) / size.conversations)
        words = f"Asked again, note {row_id}"
        yield row_id, f"{row_id:032x}", talk + 1, account.agent, words, f"plenty:{row_id}", at


def _entries(size: Size, account: Account) -> Iterator[Row]:
    """What happened to each conversation, and to some records."""
    happened: list[tuple[str, int, str, str]] = []
    for talk in range(size.conversations):
        assignee, group = _keeper(talk, account)
        if assignee or group:
            happened.append(("conversation", talk + 1, "assigned", '{"assigned to": [null, "Ben Plenty"]}'))
        if not is_open(talk):
            happened.append(("conversation", talk + 1, "closed", '{"state": ["open", "closed"]}'))
    for record in range(0, size.records, 10):
        happened.append(("record", record + 1, "changed", '{"status": ["New", "Active"]}'))
    for subject, subject_id, did, changes in happened:
        of: Any = size.conversations if subject == "conversation" else size.records
        yield size.at(subject_id / of), subject, subject_id, did, changes, account.agent
