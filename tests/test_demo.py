"""The demo: what `flask seed-demo` makes, that it makes it once, and that its rules do what the README shows."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import func, select

from app import create_app
from flexie import clock, documents, inbound, library, passwords, phones, receipts, records, rulebook, runs
from flexie.db import db, new_public_id
from flexie.demo import files
from flexie.documents import links, pdf
from flexie.models import (
    AuditEntry,
    Conversation,
    Document,
    FieldDefinition,
    Line,
    Message,
    MessageLink,
    Record,
    Rule,
    Run,
    Settings,
    ShortLink,
    TemplateUse,
    TextTemplate,
    User,
    WebhookEvent,
)

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
SEEDED = (User, Record, Conversation, Message, Rule, Line, FieldDefinition, Document, TextTemplate)
SCHEMA = json.loads((Path(files.HERE) / "schema.json").read_text())


@contextmanager
def made_app(folder, **settings):
    app = create_app({"FLEXIE_DATA": folder, "TESTING": True, "SIMULATOR": True, **settings})
    with clock.injected(lambda: NOON), app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=list(arguments))


def seed_demo(app, *options):
    answer = run(app, "seed-demo", "--json", *options)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.fixture
def empty(tmp_path):
    with made_app(tmp_path) as app:
        yield app


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One demo for the tests that look at it, and for the one at the end that texts."""
    with made_app(tmp_path_factory.mktemp("demo")) as app:
        seed_demo(app, "--admin-password", "anas secret", "--agent-password", "bens secret")
        yield app


def counted(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_first_run_shows_passwords_that_fit_and_the_second_changes_nothing(empty):
    first = seed_demo(empty)
    rows = {model: counted(model) for model in SEEDED}
    assert first["created"] is True
    assert first["simulator"] == "http://localhost:8000/simulator"
    for user in first["users"]:
        kept = db.session.scalar(select(User).where(User.email == user["email"]))
        assert passwords.fits(user["password"], kept.password_hash)
    db.session.commit()

    second = seed_demo(empty)
    assert second == {"created": False, "addresses_changed": False, "simulator": first["simulator"]}
    assert {model: counted(model) for model in rows} == rows


def test_passwords_can_be_given(demo):
    kept = {user.email: user for user in db.session.scalars(select(User))}
    assert passwords.fits("anas secret", kept["admin@example.com"].password_hash)
    assert passwords.fits("bens secret", kept["agent@example.com"].password_hash)
    assert (kept["admin@example.com"].role, kept["agent@example.com"].role) == ("admin", "agent")


def test_the_account_has_exactly_the_fields_and_names_of_the_schema(demo):
    made = rulebook.account_schema()
    assert made.fields == type(made).from_json(SCHEMA).fields
    assert list(made.lines) == SCHEMA["lines"]
    assert sorted(made.groups) == sorted(SCHEMA["groups"])
    assert sorted(made.users) == sorted(SCHEMA["users"])


def test_every_kind_of_record_is_there_and_every_mobile_number_can_be_texted(demo):
    kinds = dict(db.session.execute(select(Record.kind, func.count()).group_by(Record.kind)).all())
    assert min(kinds[kind] for kind in ("contact", "lead", "account", "deal", "case")) >= 4
    for record in db.session.scalars(select(Record).where(Record.kind == "contact")):
        number = records.number_of(record, "mobile")
        assert number is not None
        assert phones.normalise(number, None).e164 == number


def test_history_has_happened_nothing_of_it_waits_but_what_is_scheduled(demo):
    statuses = set(db.session.scalars(select(Message.status)))
    assert statuses == {"received", "delivered", "failed", "undelivered", "suppressed", "scheduled"}
    assert set(db.session.scalars(select(Message.stage).where(Message.direction == "in"))) == {"triggered"}
    waiting = db.session.scalars(select(Message).where(Message.status == "scheduled")).all()
    assert [message.due_at > NOON for message in waiting] == [True]
    assert counted(Run) == 0


def test_conversation_rows_agree_with_their_messages(demo):
    for conversation in db.session.scalars(select(Conversation)):
        texts = select(Message).where(Message.conversation_id == conversation.id, Message.created_at < NOON)
        last = db.session.scalar(texts.order_by(Message.id.desc()).limit(1))
        linked = select(MessageLink.message_id).join(Message).where(Message.conversation_id == conversation.id)
        assert (conversation.last_text, conversation.last_at) == (last.text, last.created_at)
        assert conversation.last_direction == last.direction
        assert conversation.linked == bool(db.session.scalar(linked.limit(1)))
    unread = select(func.count()).select_from(Conversation).where(Conversation.unread > 0)
    assert db.session.scalar(unread) >= 5
    assert db.session.scalar(unread.where(~Conversation.linked)) >= 1


def test_texts_of_a_case_carry_its_reference_and_no_others_do(demo):
    for message in db.session.scalars(select(Message).where(Message.direction == "out")):
        assert ("[FX-" in message.text) == (message.case is not None)
        assert message.case is None or message.case.reference in message.text


def test_documents_have_their_pdfs_and_some_texts_brought_links_that_were_opened(demo):
    kept = {document.title: document for document in db.session.scalars(select(Document))}
    assert (kept["Invoice INV-2041"].amount, kept["Invoice INV-2041"].record.title) == ("180.00", "Hannah Berg")
    assert {document.kind for document in kept.values()} == {"quote", "invoice"}
    for document in kept.values():
        file = documents.file_of(document)
        pdf.check(file.data)
        assert document.number.encode() in file.data
    for link in db.session.scalars(select(ShortLink)):
        token = link.message.text.rpartition("/d/")[2]
        assert links.find(token) is link
        assert link.message.conversation.number == records.number_of(link.document.record, "mobile")
        told = select(AuditEntry).where(
            AuditEntry.did == "opened", AuditEntry.subject_id == link.message.conversation_id
        )
        assert len(db.session.scalars(told).all()) == (link.opens > 0)
    assert sorted(db.session.scalars(select(ShortLink.opens))) == [0, 1, 2]


def test_the_library_holds_templates_that_are_sound_and_were_used(demo):
    templates = db.session.scalars(select(TextTemplate)).all()
    assert {template.folder for template in templates} == {"", "Appointments", "Billing"}
    for template in templates:
        assert library.mistakes(template.text) == []
        assert template.used == db.session.scalar(
            select(func.count()).select_from(TemplateUse).where(TemplateUse.template_id == template.id)
        )
    assert sum(template.used for template in templates) == 3


def test_the_network_posts_to_the_lines_and_follows_a_move(empty):
    seed_demo(empty)
    network = empty.extensions["simulator"]
    assert {line.number for line in network.lines()} == {line.number for line in db.session.scalars(select(Line))}
    first = network.phones(1)[0]
    assert first.name == "Grace Miller"
    assert "Reply YES to confirm" in network.conversation(first.number)[-1].text
    db.session.commit()

    empty.config.update(PORT=8123, PUBLIC_URL="http://localhost:8123")
    assert seed_demo(empty)["addresses_changed"] is True
    assert all(line.inbound_url.startswith("http://localhost:8123/") for line in network.lines())
    assert db.session.scalar(select(Line)).connection.base_url == "http://127.0.0.1:8123/simulator"


def test_without_a_network_the_lines_are_there_and_it_says_so(tmp_path):
    with made_app(tmp_path, SIMULATOR=False) as app:
        assert "No pretend phone network runs here" in run(app, "seed-demo").output
        assert counted(Line) == 6


def test_a_line_of_the_same_name_is_left_alone_and_said(empty):
    options = ["--set", "api_key=k", "--set", "webhook_secret=s", "--number", "+12025550199"]
    run(empty, "connection", "add", "simulator", "--name", "Main", *options)
    answer = run(empty, "seed-demo")
    assert answer.exit_code == 1
    assert 'There is already a line called "Main"' in answer.output
    assert counted(User) == 0


@pytest.mark.parametrize(("name", "text"), files.rule_files())
def test_the_rules_are_in_force_without_a_finding(demo, name, text):
    assert rulebook.check(text, name) == []
    assert all(rule.is_on for rule in db.session.scalars(select(Rule)))


def grace():
    return db.session.scalar(select(Record).where(Record.title == "Grace Miller"))


def text_in(record, line_name, text):
    """An inbound text as intake stores it, worked through as far as it goes."""
    line = db.session.scalar(select(Line).where(Line.name == line_name))
    number = records.number_of(record, "mobile")
    query = select(Conversation).where(Conversation.line_id == line.id, Conversation.number == number)
    message = Message(
        conversation=db.session.scalars(query).one(),
        line_id=line.id,
        direction="in",
        text=text,
        sender_number=number,
        to_number=line.number,
        status="received",
        stage="stored",
        segments=1,
        created_at=clock.now(),
    )
    db.session.add(message)
    db.session.commit()
    work()


def work():
    while any(room.drain().count for room in (inbound, receipts, runs)):
        pass


def report_delivered(message_id):
    message = db.session.get(Message, message_id)
    message.status = "sent"
    receipt = WebhookEvent(
        provider="simulator",
        account=message.line.connection.account,
        kind="status",
        provider_id=new_public_id(),
        status="delivered",
        line_id=message.line_id,
        state="received",
        payload={"message": message.public_id, "status": "delivered"},
        received_at=clock.now(),
        due_at=clock.now(),
    )
    db.session.add(receipt)
    db.session.commit()
    work()


def last_text_to_grace():
    query = select(Message).where(Message.to_number == "+12025550110", Message.direction == "out")
    return db.session.scalar(query.order_by(Message.id.desc()).limit(1))


def test_the_first_five_minutes(demo):
    text_in(grace(), "Clinic", "YES")
    answer = last_text_to_grace()
    answer_id = answer.id
    assert grace().fields["appointment_status"] == "Confirmed"
    assert answer.text == "Thanks Grace, see you on Friday, Mar 6, 10:30 AM."
    assert (answer.status, answer.line.name) == ("queued", "Clinic")

    report_delivered(answer_id)
    with clock.injected(lambda: NOON + timedelta(seconds=59)):
        work()
        assert last_text_to_grace().id == answer_id
    with clock.injected(lambda: NOON + timedelta(seconds=60)):
        work()
        assert last_text_to_grace().text.startswith("Please come ten minutes early, Grace")


def test_the_prefix_finds_people_by_numbers_as_they_were_typed(demo):
    assert Settings.get().prefix == "+1"
    assert grace().fields["mobile"] == "(202) 555-0110"
    assert records.with_numbers(["+12025550110"])["+12025550110"] == [grace().id]
