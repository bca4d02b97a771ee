"""Reactions: what a phone puts on a message, and sends as a text of its own where the other side knows only texts.

Forms, and where they are from:

- iPhones, English: the words of Apple's own IMClassicTapback ("Loved", "Removed a heart from", ...) around a quotation;
  with an emoji since iOS 18: "Reacted 🔥 to “…”", "Removed 🔥 from “…”". Of a picture: "Liked an image".
- iPhones, other languages: the lists that users of QUIK SMS gathered from their phones (github.com/quik-sms/quik,
  data/src/main/assets/emojis): Norwegian whole, Spanish and Bulgarian in part. Others are not known, and stay texts.
- Google Messages, any language: the emoji between two U+200B (or U+200C, when it is taken back), the quotation between
  two U+200A (as QUIK SMS reads it, EmojiReactionRepositoryImpl). Without those signs: "👍 to “…”".

A long text is quoted by its beginning and an ellipsis.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from sqlalchemy import select

from flexie.db import db, insert
from flexie.models import Message, PlacedReaction

LONGEST = 1_700  # characters; a quotation of the longest text, and the words around it
LOOKED_BACK = 200  # messages of a conversation among which the quoted one is sought
_NOT_SENT = ("scheduled", "queued", "suppressed", "cancelled")

_SAID = {
    "loved": "❤️", "liked": "👍", "disliked": "👎", "laughed at": "😂", "emphasized": "‼️", "emphasised": "‼️",
    "questioned": "❓",
    "satte et hjerte ved": "❤️", "likte": "👍", "mislikte": "👎", "lo av": "😂", "satte utropstegn ved": "‼️",
    "satte spørsmålstegn ved": "❓",
    "le encanta": "❤️", "le gusta": "👍", "харесано": "❤️",
}  # fmt: skip
_TAKEN_BACK = {
    "removed a heart from": "❤️", "removed a like from": "👍", "removed a dislike from": "👎",
    "removed a laugh from": "😂", "removed an exclamation from": "‼️", "removed a question mark from": "❓",
    "fjernet et hjerte fra": "❤️", "liker ikke lenger": "👍", "misliker ikke lenger": "👎",
    "fjernet latter fra": "😂", "fjernet et utropstegn fra": "‼️", "fjernet et spørsmålstegn fra": "❓",
}  # fmt: skip
_AROUND_AN_EMOJI = (("reacted ", " to"), ("", " to"), ("reagerte med ", " på"), ("реакция ", " към"))
_AROUND_ONE_TAKEN_BACK = (("removed ", " from"), ("fjernet ", " fra"), ("премахнато ", " от"))
_THINGS = re.compile(r"(.{1,60}?) an? (image|photo|picture|video|movie|audio message|attachment|sticker|link|location)")
_QUOTED = re.compile(r"([^“\"]{1,60})[“\"](.+)[”\"]", re.DOTALL)
_GOOGLE = re.compile(
    "\u200a?[^\u200a-\u200c]*([\u200b\u200c])([^\u200a-\u200c]+)\\1[^\u200a-\u200c]*\u200a([^\u200a]+)\u200a[^\u200a-\u200c]*\u200a?",
    re.DOTALL,
)
_STICKER = "with a sticker"
_SAME = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "\u00a0": " "})


@dataclass(frozen=True)
class Reaction:
    """An emoji that is put on a text, or taken back from it. `quoted` is that text, None where none is quoted."""

    emoji: str
    is_taken_back: bool
    quoted: str | None

    @property
    def mark(self) -> str:
        """As a message keeps it: the emoji, after a hyphen if it is taken back."""
        return f"{'-' if self.is_taken_back else ''}{self.emoji}"


def read(text: str) -> Reaction | None:
    """The reaction that a text is, or None for an ordinary one. Looks at nothing but the text."""
    if len(text) > LONGEST:
        return None
    if (found := _GOOGLE.fullmatch(text)) and _is_emoji(found[2]):
        return Reaction(found[2], found[1] == "\u200c", found[3])
    stripped = text.strip()
    if found := _QUOTED.fullmatch(stripped):
        return _said(found[1], found[2])
    if found := _THINGS.fullmatch(stripped):
        return _said(found[1], None)
    return None


def _said(words: str, quoted: str | None) -> Reaction | None:
    """What stands before a quotation, or before "an image"."""
    is_taken_back = "\u200c" in words
    said = " ".join(words.replace("\u200b", "").replace("\u200c", "").split()).casefold()
    if emoji := _SAID.get(said):
        return Reaction(emoji, False, quoted)
    if emoji := _TAKEN_BACK.get(said):
        return Reaction(emoji, True, quoted)
    for forms, takes_back in ((_AROUND_AN_EMOJI, is_taken_back), (_AROUND_ONE_TAKEN_BACK, True)):
        for before, after in forms:
            middle = said.removeprefix(before).removesuffix(after)
            is_form = said == f"{before}{middle}{after}"
            if is_form and (_is_emoji(middle) or middle == _STICKER):
                return Reaction("" if middle == _STICKER else middle, takes_back, quoted)
    return None


def _is_emoji(text: str) -> bool:
    """Whether this is one emoji or a few: signs, and what joins and colours them, and nothing that is read."""
    kinds = [unicodedata.category(character) for character in text]
    signs = sum(kind == "So" or character in "‼⁉" for character, kind in zip(text, kinds, strict=True))
    rest = all(kind in ("So", "Sk", "Mn", "Me", "Cf") or c in "‼⁉" for c, kind in zip(text, kinds, strict=True))
    return bool(signs) and rest and len(text) <= 20


def place(message: Message) -> None:
    """Put a reaction on the newest text before it that it quotes. Where there is none, it stays a text by itself."""
    reaction = read(message.text)
    wanted = _plain(reaction.quoted) if reaction and reaction.emoji and reaction.quoted else ""
    if not wanted:
        return
    query = select(Message.id, Message.text).where(
        Message.conversation_id == message.conversation_id,
        Message.id < message.id,
        Message.reaction.is_(None),
        Message.status.not_in(_NOT_SENT),
    )
    rows = db.session.execute(query.order_by(Message.id.desc()).limit(LOOKED_BACK)).all()
    texts = [(row.id, _plain(row.text)) for row in rows]
    whole = (row_id for row_id, text in texts if text == wanted)
    begun = (row_id for row_id, text in texts if wanted.endswith("...") and _begins(text, wanted[:-3].rstrip()))
    on_id = next(whole, None) or next(begun, None)
    if on_id is not None:
        values = {"message_id": message.id, "on_id": on_id}
        db.session.execute(insert(PlacedReaction).values(values).on_conflict_do_nothing())


@dataclass(frozen=True)
class Placed:
    """Of some messages (by row id): the reactions that stand on them now, and which of them stand on others of them."""

    shown: Mapping[int, Message]
    moved: Set[int]


def among(messages: Iterable[Message]) -> Placed:
    """What reactions do to these messages. On each stands the newest, unless it took one back."""
    ids = [message.id for message in messages]
    query = select(PlacedReaction.on_id, Message).join(Message, Message.id == PlacedReaction.message_id)
    rows = db.session.execute(query.where(PlacedReaction.on_id.in_(ids)).order_by(Message.id)).all()
    newest = {row.on_id: row.Message for row in rows}
    shown = {on_id: each for on_id, each in newest.items() if each.reaction and not each.reaction.startswith("-")}
    return Placed(shown, {row.Message.id for row in rows})


def places_of(messages: Iterable[Message]) -> dict[int, Message]:
    """For those of these messages that are reactions: the message that each stands on, by the reaction's row id."""
    ids = [message.id for message in messages if message.reaction is not None]
    query = select(PlacedReaction.message_id, Message).join(Message, Message.id == PlacedReaction.on_id)
    return dict(db.session.execute(query.where(PlacedReaction.message_id.in_(ids))).all()) if ids else {}


def _begins(text: str, beginning: str) -> bool:
    return bool(beginning) and text.startswith(beginning)


def _plain(text: str) -> str:
    """As texts are compared: phones and networks change quotation marks, ellipses and blanks on the way."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())
