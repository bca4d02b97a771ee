"""One of everything for the demo account, put there as people do it, so that no page has nothing to show."""

import io
import re
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import select

from flexie import clock, connections, notices, tokens
from flexie.db import db
from flexie.models import Conversation, Import, Line, Message, NotStarted, PhoneKey, Record, Rule, RuleFile, Run, User
from tests.domain.test_documents import a_pdf
from tests.everypage.clinic import Clinic

PEOPLE = "Name;Mobile;E-mail;Shoe size\r\nVera Import;(202) 555-0189;vera@example.com;38\r\nBad Import;12;;39\r\n"
BROKEN = """version 1

rule "Not ready":
  for contact
  when incoming sms matches "HELLO*"

  send sm "Hi {{ frist_name }}"
"""
BY_HAND = """version 1

rule "Says hello":
  for contact
  when started

  send sms "Hello from {{ city }}!"
  wait 1 day
  send sms "Hello again, {{ first_name }}."

rule "Says nothing":
  for contact
  when started

  send sms "{{ nickname }}"
"""


class Furniture:
    """What there is to open that the demo alone has not: addresses of things that keep no trace of them."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.ana = clinic.admin()
        self.grace = clinic.record("Grace Miller")
        self.link = ""
        self.talks = {name: self._talk(name) for name in ("Grace Miller", "Omar Haddad", "Nora Lindqvist")}
        self.invitation = ""
        self._texts()
        self._document()
        self._import()
        self._rules()
        self._refused()
        self._notices()
        self._people()

    def _texts(self) -> None:
        """Grace confirms; a colleague's note; a text of which nobody knows whether it went."""
        self.clinic.text_from("Grace Miller", "Clinic", "YES")
        talk = self.talks["Grace Miller"]
        self._post(f"/inbox/{talk}/reply", kind="note", text="She prefers mornings, and comes by bus.", nonce="note")
        with self.clinic.rows():
            omar = db.session.scalars(
                select(Conversation).where(Conversation.public_id == self.talks["Omar Haddad"])
            ).one()
            lost = {"status": "held", "attempts": 1, "segments": 1, "created_at": clock.now(), "intent": "furniture"}
            sent = Message(
                conversation=omar, line_id=omar.line_id, direction="out", text="The car park is behind the house.",
                sender_number=omar.line.number, to_number=omar.number, user_id=self.clinic.admin_id, **lost,
            )  # fmt: skip
            db.session.add(sent)
            db.session.flush()
            omar.last_out_id = sent.id

    def _document(self) -> None:
        """An invoice with its PDF, and a link to it that nobody sent yet."""
        form = {"kind": "invoice", "number": "INV-7", "amount": "180.00", "currency": "USD", "state": "open"}
        file = (io.BytesIO(a_pdf()), "invoice.pdf")
        self._post(f"/records/{self.grace}/documents", due_on="2030-01-31", file=file, **form)
        found = re.search(r"/documents/(\w{32})", self.ana.get(f"/records/{self.grace}").text)
        assert found
        made = self.ana.post(f"/documents/{found[1]}/attach", htmx=True)
        token = re.search(r"/d/([\w-]{22})", made.text)
        assert token
        self.link = token[1]

    def _import(self) -> None:
        """A file that went in but for one row, and one whose columns are to be chosen."""
        for begins in (True, False):
            self.upload(PEOPLE.encode("cp1252"), "people of spring.csv")
            with self.clinic.app.app_context():
                made = db.session.scalars(select(Import).order_by(Import.id.desc())).first()
                assert made
                address, columns = f"/imports/{made.public_id}", dict(enumerate(made.columns))
            if begins:
                chosen = {f"column-{at}": name for at, name in columns.items()}
                self._post(address, do="start", match="", owner="", **chosen)
                self.clinic.work()

    def upload(self, file: bytes, name: str) -> None:
        """A file of contacts, whose columns are to be chosen next."""
        self._post("/records/contact/import", file=(io.BytesIO(file), name))

    def _rules(self) -> None:
        """A file with a mistake, and a run that came to a stop."""
        self._post("/rules", name="not ready", text=BROKEN)
        self._post("/rules", name="by hand", text=BY_HAND)
        for rule in ("Says hello", "Says nothing"):
            self._post(f"/records/{self.grace}/start", rule=rule)
        self.clinic.work()
        with self.clinic.rows():
            rule = db.session.scalars(select(Rule).where(Rule.name == "Appointment: YES confirms")).one()
            text = db.session.scalars(select(Message).where(Message.direction == "in")).first()
            assert text
            db.session.add(
                NotStarted(
                    rule_id=rule.id,
                    message_id=text.id,
                    cause="furniture",
                    words="It ran in the last hour.",
                    at=clock.now(),
                )
            )

    def _refused(self) -> None:
        """A webhook that was not signed as it should be."""
        with self.clinic.app.app_context():
            line = db.session.scalars(select(Line)).first()
            assert line
            address = connections.webhook_url(line, "inbound").removeprefix(self.clinic.url)
        self.ana.client.post(address, json={"type": "inbound"})

    def _notices(self) -> None:
        with self.clinic.rows():
            ana = db.session.get_one(User, self.clinic.admin_id)
            grace = db.session.scalars(select(Record).where(Record.public_id == self.grace)).one()
            notices.tell("Grace Miller confirmed her appointment.", user=ana, record=grace)
            notices.tell("The rule “Question: opening hours” was paused.", group=ana.groups[0])

    def _people(self) -> None:
        """Somebody new, who has a link to set a password; a program with a token."""
        form = {"email": "bo@example.com", "name": "Bo Lund", "role": "agent"}
        found = re.search(r"/welcome/([\w-]{43})", self.ana.post("/settings/people/new", form).text)
        assert found
        self.invitation = found[1]
        with self.clinic.rows():
            tokens.issue(db.session.get_one(User, self.clinic.admin_id), "The warehouse")

    def further(self) -> list[str]:
        """Addresses of things of which there are several kinds."""
        talks = [f"/inbox/{talk}" for talk in self.talks.values()]
        with self.clinic.app.app_context():
            imports = [f"/imports/{each}" for each in db.session.scalars(select(Import.public_id))]
            runs = {run.state: f"/runs/{run.public_id}" for run in db.session.scalars(select(Run))}
            refused = select(Rule.name).join(NotStarted, NotStarted.rule_id == Rule.id)
            rules = [f"/runs?{urlencode({'rule': name})}" for name in db.session.scalars(refused)]
            drafts = select(RuleFile.name).where(RuleFile.is_draft)
            files = [f"/rules/{quote(name)}" for name in db.session.scalars(drafts)]
        return talks + imports + rules + files + list(runs.values())

    def _talk(self, title: str) -> str:
        """The public id of the last conversation with the record of this name."""
        with self.clinic.app.app_context():
            return _talk_with(title)

    def _post(self, path: str, **form: Any) -> None:
        answer = self.ana.post(path, form)
        assert answer.status_code in (200, 303), (path, answer.status_code, answer.text)


def _talk_with(title: str) -> str:
    query = select(Conversation.public_id).join(PhoneKey, PhoneKey.e164 == Conversation.number)
    record = select(Record.id).where(Record.title == title).scalar_subquery()
    return (
        db.session.scalars(query.where(PhoneKey.record_id == record).order_by(Conversation.last_at.desc())).first()
        or ""
    )
