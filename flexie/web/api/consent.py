"""Consent: who opted out, how it came to that, and noting what somebody said."""

from typing import Any

from flexie import consent, outbox, phones, wishes
from flexie.db import db
from flexie.models import ConsentChange, Conversation, OptOut, User
from flexie.web import access
from flexie.web.api import conversations, numbers, paging
from flexie.web.api.asking import Asked, Parameter, only_administrators
from flexie.web.api.moments import written, written_if
from flexie.web.api.operations import Reply, operation, query
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import flag, items, maybe, moment, named, public_id, text, thing

HOW = text("By a text of theirs, with the provider, or by hand: a colleague was told.", choices=consent.HOW)
BY = maybe(text("The name of the colleague who noted it."))
NUMBER = text("The number: E.164, a short code or a sender's name.")
OPT_OUT = named(
    "OptOut",
    thing(
        {
            "number": NUMBER,
            "since": moment("When it opted out."),
            "how": maybe(HOW),
            "reason": text("Why, or what they texted."),
            "by": BY,
        },
        "A number that wants no texts.",
    ),
)
CHANGE = named(
    "ConsentChange",
    thing(
        {
            "id": public_id("The change's id."),
            "to": text("Whether it went out or came back in.", choices=("out", "in")),
            "how": HOW,
            "reason": maybe(text("Why, or what they texted; null for a text on a line that is not yours.")),
            "by": BY,
            "message": maybe(public_id("The text that did it, if it is on a line of yours.")),
            "at": moment("When it was."),
        },
        "A change of a number's wish.",
    ),
)
CONSENT = named(
    "Consent",
    thing(
        {
            "number": NUMBER,
            "opted_out": flag("Whether nobody may text it."),
            "since": maybe(moment("When it opted out.")),
            "can_come_back": flag("Whether an opt-out is there that was noted by hand, so that it can be taken back."),
            "history": items(CHANGE, "All changes, the newest first."),
        },
        "What stands in the ledger about a number.",
    ),
)
WISH = named(
    "Wish",
    thing(
        {
            "number": text("The number, in any spelling.", longest=100, example="+14155552671"),
            "to": text("out: they want no more texts. in: they want them again.", choices=("out", "in")),
            "reason": text("How you know: who said it, and when.", longest=wishes.LONGEST_REASON),
        },
        "What somebody told you of being texted.",
    ),
)
OF_NUMBER = (Parameter("number", "path", text("The number, in any spelling, percent-encoded.", longest=100)),)


@operation(
    "GET",
    "/opt-outs",
    "Numbers that opted out, latest first",
    {200: paging.of(OPT_OUT)},
    parameters=query(number=numbers.FILTER) + paging.PARAMETERS,
    scope="consent:read",
)
def list_opt_outs(asked: Asked) -> Reply:
    """A page of the ledger, for administrators. The cursor holds since when and which."""
    only_administrators(asked)
    held = paging.cursor(asked, 2)
    before = (paging.moment_of(held[0]), held[1]) if held else None
    number = numbers.meant(asked.query["number"]) if "number" in asked.query else None
    limit = asked.query["limit"]
    found, following = paging.cut(
        wishes.page(before, limit + 1, number).rows, limit, lambda row: [paging.moment_held(row.since), row.number]
    )
    return paging.reply([_listed(row) for row in found], following)


@operation(
    "GET",
    "/opt-outs/{number}",
    "What stands in the ledger about a number",
    {200: CONSENT},
    parameters=OF_NUMBER,
    problems=(404,),
    scope="consent:read",
)
def get_opt_out(asked: Asked) -> Reply:
    """Its wish, and each change of it: for administrators any number, for others those of their conversations."""
    number = numbers.meant(asked.path["number"])
    if not _is_talked_to(asked.user, number) and not (asked.user.is_admin and _is_number(number)):
        raise Problem(404)
    return Reply(_described(number, asked.user))


@operation(
    "POST",
    "/opt-outs",
    "Opt a number out, or take that back",
    {201: CONSENT},
    body=WISH,
    problems=(409,),
    scope="consent:write",
)
def change_opt_out(asked: Asked) -> Reply:
    """Note what somebody said. Whoever opted out by a text or with the provider comes back by a START only: 409."""
    number = _meant(asked.user, asked.body["number"])
    act = wishes.opt_out if asked.body["to"] == "out" else wishes.opt_in
    try:
        act(number, asked.body["reason"], asked.user)
    except wishes.NoReason as problem:
        raise invalid({"reason": str(problem)}) from None
    except wishes.CannotChange as problem:
        raise Problem(409, str(problem)) from None
    db.session.commit()
    return Reply(_described(number, asked.user), 201)


def _meant(user: User, given: str) -> str:
    """The number whose wish may be written down. Raises 403 or 422."""
    number = numbers.meant(given)
    if _is_talked_to(user, number):
        return number
    if not user.is_admin:
        raise Problem(403, "You can note this for the numbers of conversations on your lines.")
    try:
        return phones.canonical(outbox.number_typed(given))
    except outbox.OutboxError as problem:
        raise invalid({"number": str(problem)}) from None


def _is_talked_to(user: User, number: str) -> bool:
    """Whether there is a conversation with this number on a line of theirs."""
    mine = conversations.visible(user).where(Conversation.number == number)
    return db.session.scalar(mine.with_only_columns(Conversation.id).limit(1)) is not None


def _is_number(number: str) -> bool:
    try:
        outbox.number_typed(number)
    except outbox.OutboxError:
        return False
    return True


def _listed(entry: OptOut) -> dict[str, Any]:
    change = entry.change
    return {
        "number": entry.number,
        "since": written(entry.since),
        "how": change.how if change else None,
        "reason": entry.reason,
        "by": change.user.name if change and change.user else None,
    }


def _described(number: str, user: User) -> dict[str, Any]:
    entry, history = wishes.entry_of(number), wishes.history(number)
    seen = access.of_messages(user, (change.message_id for change in history))
    return {
        "number": number,
        "opted_out": entry is not None,
        "since": written_if(entry.since if entry else None),
        "can_come_back": entry is not None and wishes.by_hand(entry),
        "history": [_changed(change, change.message_id is None or change.message_id in seen) for change in history],
    }


def _changed(change: ConsentChange, is_seen: bool) -> dict[str, Any]:
    """A change; of a text on somebody else's line neither the words nor the id."""
    return {
        "id": change.public_id,
        "to": change.change,
        "how": change.how,
        "reason": change.reason if is_seen or change.how == "hand" else None,
        "by": change.user.name if change.user else None,
        "message": change.message.public_id if change.message and is_seen else None,
        "at": written(change.at),
    }
