"""Bringing the demo into an account: once, and all of it in one transaction."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from flexie import clock, connections, rulebook, vault
from flexie.demo import account, customers, files, history, network, papers, texts
from flexie.models import Connection, User

KNOWN_FOR = timedelta(days=60)  # since when the demo's customers are on record: before their first texts


class DemoError(Exception):
    """The demo cannot be made in this account, with the reason and what to do."""


@dataclass(frozen=True)
class Seeded:
    """What the demo came to. `people` and the counts are filled only when it was made by this very call."""

    is_new: bool
    simulator: str | None
    addresses_changed: bool = False
    people: list[account.Person] = field(default_factory=list)
    records: int = 0
    conversations: int = 0
    rules: int = 0


def seed(passwords: dict[str, str | None]) -> Seeded:
    """Make the demo, in the session, or find that it is there.

    `passwords` are by email address; who is given none gets a random one.

    Raises:
        DemoError: a name that the demo needs is taken, or the stored credentials cannot be read.
    """
    made = network.connection()
    try:
        return _seed(passwords) if made is None else _again(made)
    except (connections.CannotConnect, rulebook.RulebookError, vault.VaultError) as problem:
        raise DemoError(f"The demo is for an account without lines and rules of its own. {problem}") from None


def _again(made: Connection) -> Seeded:
    changed = network.register(made)
    return Seeded(is_new=False, simulator=network.page(), addresses_changed=changed)


def _seed(passwords: dict[str, str | None]) -> Seeded:
    schema = files.load("schema.json")
    account.settings()
    account.fields(schema["fields"])
    people = account.people(passwords, account.groups(schema["groups"]))
    made = network.connect(schema["lines"])
    network.register(made)
    now = clock.now().astimezone(ZoneInfo(account.TIME_ZONE))
    by_first_name = {person.user.name.split()[0].lower(): person.user for person in people}
    with clock.injected(lambda: now - KNOWN_FOR):
        records = customers.add(now, by_first_name, schema["fields"])
        templates = texts.add(by_first_name)
    documents = papers.add(records, by_first_name, now)
    cast = history.Cast(network.lines_by_name(made), records, by_first_name, documents, templates)
    conversations = history.add(cast, now)
    network.add_phones(made, [record for record in records.values() if record.kind == "contact"])
    return Seeded(
        is_new=True,
        simulator=network.page(),
        people=people,
        records=len(records),
        conversations=conversations,
        rules=_rules(people[0].user),
    )


def _rules(author: User) -> int:
    saved = [rulebook.save(name, text, author) for name, text in files.rule_files()]
    for one in saved:
        if not one.in_force:
            raise DemoError(f'The demo\'s rules "{one.file.name}" have a mistake: {one.findings[0].message}')
    return sum(len(one.file.rules) for one in saved)
