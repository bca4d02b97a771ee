"""What is there in an account of any size: people, lines and who may see them, fields, rules and templates."""

from dataclasses import dataclass

from sqlalchemy import select

from flexie import clock, connections, library, passwords, rulebook
from flexie.db import db
from flexie.models import FieldDefinition, Group, Line, LineAccess, Rule, Settings, User

LINES = ("Main", "Sales", "Support", "Billing", "News")
GROUPS = ("Duty", "Night", "Sales", "Support")
ADMIN, AGENT = "admin@plenty.example", "agent@plenty.example"
"""Who looks at pages: one sees all lines, the other two of five (one is open to all, one to the group Duty)."""

COLLEAGUES = 10
FIELDS = {
    "contact": {
        "first_name": "text", "last_name": "text", "mobile": "phone", "phone": "phone", "email": "text",
        "city": "text", "allow_sms": "yes/no", "appointment_at": "datetime", "status": "text",
    },
    "lead": {"first_name": "text", "last_name": "text", "mobile": "phone", "email": "text", "source": "text"},
    "account": {"name": "text", "phone": "phone", "email": "text", "city": "text"},
    "deal": {"name": "text", "amount": "money", "stage": "text"},
    "case": {"name": "text", "status": "text", "priority": "text"},
}  # fmt: skip
TEMPLATES = 30
RULES = 8


@dataclass(frozen=True)
class Account:
    """Row ids that the generator needs."""

    admin: int
    agent: int
    colleagues: list[int]
    groups: list[int]
    lines: list[tuple[int, str]]
    rules: list[tuple[int, int]]


def prepare() -> Account:
    """Make it in the current application's empty database, and commit."""
    settings = Settings.get()
    settings.prefix, settings.name, settings.time_zone = "+1", "Plenty", "America/New_York"
    users = _people()
    _fields()
    lines = _lines(users)
    _templates(users[0])
    _rules(users[0])
    db.session.commit()
    return Account(
        admin=users[0].id,
        agent=users[1].id,
        colleagues=[user.id for user in users[2:]],
        groups=list(db.session.scalars(select(Group.id).order_by(Group.id))),
        lines=[(line.id, line.number) for line in lines],
        rules=[(row[0], row[1]) for row in db.session.execute(select(Rule.id, Rule.version_id).order_by(Rule.id))],
    )


def _fields() -> None:
    """Those that a new account does not have."""
    known = set(db.session.execute(select(FieldDefinition.kind, FieldDefinition.name)).all())
    for kind, fields in FIELDS.items():
        for position, (name, type_) in enumerate(fields.items()):
            if (kind, name) not in known:
                label = name.replace("_", " ").capitalize()
                db.session.add(FieldDefinition(kind=kind, name=name, label=label, type=type_, position=position))
    db.session.flush()


def _people() -> list[User]:
    groups = [Group(name=name) for name in GROUPS]
    digest = passwords.hashed("nobody signs in with this")
    facts = [(ADMIN, "Ada Plenty", "admin", groups[2]), (AGENT, "Ben Plenty", "agent", groups[0])]
    roles = ("agent", "agent", "rule writer")
    facts += [
        (f"colleague{n}@plenty.example", f"Colleague {n}", roles[n % 3], groups[n % len(groups)])
        for n in range(COLLEAGUES)
    ]
    users = [
        User(email=email, name=name, role=role, password_hash=digest, created_at=clock.now(), groups=[group])
        for email, name, role, group in facts
    ]
    db.session.add_all(users)
    db.session.flush()
    return users


def _lines(users: list[User]) -> list[Line]:
    """The first line is open to all; the others to a group, a role, or a person."""
    credentials = {"account_sid": "AC" + "0" * 32, "auth_token": "benchmark-auth-token"}
    numbers = [f"+1202555010{place}" for place in range(len(LINES))]
    made = connections.add("twilio", "Plenty", credentials, numbers, line_names=LINES)
    duty = db.session.scalars(select(Group.id).where(Group.name == GROUPS[0])).one()
    grants = (None, LineAccess(group_id=duty), LineAccess(role="rule writer"), LineAccess(user_id=users[3].id))
    for line, grant in zip(made.lines, (*grants, LineAccess(user_id=users[4].id)), strict=True):
        line.open_to_all = grant is None
        line.access = [grant] if grant else []
    db.session.flush()
    return made.lines


def _templates(author: User) -> None:
    for place in range(TEMPLATES):
        words = "Hello {{ first_name }}, this is about your order. Please call us back."
        library.create(author, ("", "Orders", "Visits")[place % 3], f"Template {place}", f"{words} ({place})")


def _rules(author: User) -> None:
    """Some start by words of texts, some by hand."""
    blocks = [
        f'rule "Rule {place}":\n  for contact\n  when {when}\n\n  wait 1 day\n  send sms "Thank you."\n'
        for place in range(RULES)
        for when in (f'incoming sms matches "word{place} *"' if place % 2 else "started",)
    ]
    saved = rulebook.save("plenty", 'version 1\n\nsettings:\n  from line "Main"\n\n' + "\n".join(blocks), author)
    if not saved.in_force:
        raise ValueError("\n".join(map(str, saved.findings)))
