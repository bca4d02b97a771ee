"""Before a person's own text goes at a quiet hour, the person is asked: now, or when the hours end?"""

from collections.abc import Iterable, Sequence

from flexie import clock, outbox, quiet, records
from flexie.db import db
from flexie.later import When
from flexie.models import Conversation, Record, Settings


class AsksFirst(outbox.OutboxError):
    """It is quiet where the text goes, and the person has to say whether it goes. `name` is whose clock it is."""

    def __init__(self, found: quiet.Quiet, name: str, when: When) -> None:
        super().__init__("quiet", f"It is {found.there:%H:%M} for {name}.")
        self.quiet, self.name, self.when = found, name, when


def ask(number: str, when: When, about: Iterable[Record] = (), conversation: Conversation | None = None) -> None:
    """Go on if the text may go then: it is not quiet there, or the person said so.

    Raises:
        AsksFirst: the person has to decide.
    """
    settings = Settings.get()
    if when.anyway or quiet.hours(settings) is None:
        return
    people = [*about, *_known(number, conversation)]
    found = quiet.at(when.at or clock.now(), number, people, settings)
    if found is not None:
        raise AsksFirst(found, people[0].title if people else number, when)


def _known(number: str, conversation: Conversation | None) -> Sequence[Record]:
    """The records that a text to this number will stand on."""
    by_hand = records.linked_by_hand([conversation.id]).get(conversation.id, []) if conversation else []
    ids = list(dict.fromkeys([*by_hand, *records.with_numbers([number]).get(number, [])]))
    return [record for each in ids if (record := db.session.get(Record, each)) is not None]
