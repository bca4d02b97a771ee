"""Pages are for people who are signed in, and hold only what their lines allow."""

import pytest
from sqlalchemy import select

from flexie import clock
from flexie.db import db
from flexie.models import Conversation, Group, Message, MessageLink, NotStarted, Rule, RuleVersion, Run, User
from flexie.web import PAGES
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk
from tests.web.test_csrf import address

SECRET_NUMBER = "+14155550999"
SECRET = "The secret of the other line"


def test_every_page_sends_strangers_to_the_form(desk: Desk) -> None:
    open_to_all = {"signin.form", "signin.enter", "signin.leave"}
    ours = {blueprint.name for blueprint in PAGES}
    rules = [rule for rule in desk.app.url_map.iter_rules() if rule.endpoint.split(".")[0] in ours]
    assert len(rules) > 25
    for rule in rules:
        if rule.endpoint in open_to_all:
            continue
        stranger = Browser(desk.app)
        path = address(desk.app, rule)
        answer = stranger.get(path) if "GET" in (rule.methods or ()) else stranger.post(path)
        assert answer.status_code == 303, rule
        assert answer.location.startswith("/signin"), rule


@pytest.fixture
def hidden(desk: Desk) -> str:
    """A conversation on a line that only administrators may use."""
    line_id = desk.line("Board", "+14155550188", role="admin")
    return desk.talk(SECRET_NUMBER, SECRET, line_id=line_id)


def test_lists_counts_and_updates_leave_out_other_peoples_lines(desk: Desk, hidden: str) -> None:
    desk.talk(ANA, "For everybody")
    tom = desk.agent()
    for path in ("/inbox", "/inbox?show=unread", "/inbox?show=not-linked", "/inbox/list", f"/inbox/list?open={hidden}"):
        seen = tom.get(path, htmx="list" in path).text
        assert "For everybody" in seen, path
        assert SECRET not in seen, path
        assert "Board" not in seen, path
    assert SECRET in desk.mira.get("/inbox").text
    assert "<title>(1) Inbox" in tom.get("/inbox").text


def test_no_address_of_a_hidden_conversation_answers(desk: Desk, hidden: str) -> None:
    message = desk.message(hidden, "held", "unknown")
    tom = desk.agent()
    for path in (f"/inbox/{hidden}", f"/inbox/{hidden}/thread", f"/inbox/{hidden}?earlier={message}"):
        assert tom.get(path).status_code == 404, path
        assert tom.get(path, htmx=True).status_code == 404, path
    forms = {
        "read": {},
        "reply": {"text": "hi", "nonce": "n"},
        f"messages/{message}/outcome": {"was_sent": "yes"},
        "link": {"record": "x"},
        "unlink": {"record": "x"},
        "link/search": {"q": "a"},
        "link/new": {"name": "A"},
    }
    for path, form in forms.items():
        assert tom.post(f"/inbox/{hidden}/{path}", form).status_code == 404, path
    assert desk.unread(hidden) == 1
    assert not desk.house.messages("out") or desk.house.messages("out")[0].status == "unknown"


def test_a_message_of_another_conversation_cannot_be_decided_through_ones_own(desk: Desk, hidden: str) -> None:
    message = desk.message(hidden, "held", "unknown")
    own = desk.talk(ANA)
    assert desk.agent().post(f"/inbox/{own}/messages/{message}/outcome", {"was_sent": "yes"}).status_code == 404


def test_the_line_filter_knows_only_ones_own_lines(desk: Desk, hidden: str) -> None:
    with desk.app.app_context():
        query = select(Conversation).where(Conversation.public_id == hidden)
        line = db.session.scalars(query).one().line.public_id
    assert desk.mira.get(f"/inbox?line={line}").status_code == 200
    assert desk.agent().get(f"/inbox?line={line}").status_code == 404


def test_nobody_sends_from_a_line_that_is_not_theirs(desk: Desk, hidden: str) -> None:
    with desk.app.app_context():
        line = db.session.scalars(select(Conversation).where(Conversation.public_id == hidden)).one().line.public_id
    answer = desk.agent().post("/inbox/new", {"to": ANA, "text": "hi", "line": line, "nonce": "n"})
    assert answer.status_code == 422
    assert "may not send from this line" in words(answer)
    assert desk.house.messages("out") == []


def test_timelines_and_runs_leave_out_other_peoples_lines(desk: Desk, hidden: str) -> None:
    record_id = desk.house.record(first_name="Ana", mobile=ANA)
    run = _run_about(desk, hidden, record_id)
    tom = desk.agent()
    with desk.app.app_context():
        page = f"/records/{db.session.scalars(select(Run)).one().record.public_id}"
    assert SECRET in desk.mira.get(page).text
    assert "Quiet rule" in desk.mira.get(page).text
    assert SECRET not in tom.get(page).text
    assert "Quiet rule" not in tom.get(page).text
    assert desk.mira.get(f"/runs/{run}").status_code == 200
    assert tom.get(f"/runs/{run}").status_code == 404
    assert "Ana" not in tom.get("/runs").text


def _run_about(desk: Desk, talk: str, record_id: int) -> str:
    """A run that a text of the conversation started."""
    with desk.rows():
        conversation = db.session.scalars(select(Conversation).where(Conversation.public_id == talk)).one()
        message = db.session.scalars(select(Message).where(Message.conversation_id == conversation.id)).one()
        db.session.add(MessageLink(message_id=message.id, record_id=record_id))
        rule = Rule(name="Quiet rule", is_on=True, created_at=clock.now())
        db.session.add(rule)
        db.session.flush()
        version = RuleVersion(
            rule_id=rule.id, number=1, source="", tree={}, settings={}, digest="d", created_at=clock.now()
        )
        db.session.add(version)
        db.session.flush()
        run = Run(
            rule=rule, version=version, record_id=record_id, conversation_id=conversation.id, message_id=message.id,
            cause="incoming:1", state="done", position=[], data={}, started_at=clock.now(),
        )  # fmt: skip
        db.session.add(run)
        db.session.flush()
        return run.public_id


@pytest.mark.parametrize("grant", ["role", "user", "group"])
def test_a_grant_by_role_name_or_group_opens_the_line(desk: Desk, grant: str) -> None:
    person_id = desk.person("tom@example.com", role="agent", groups=("Night shift",))
    with desk.app.app_context():
        group_id = db.session.get_one(User, person_id).groups[0].id
        assert db.session.get_one(Group, group_id).name == "Night shift"
    grants = {"role": {"role": "agent"}, "user": {"user_id": person_id}, "group": {"group_id": group_id}}
    line_id = desk.line("Night", "+14155550177", **grants[grant])
    talk = desk.talk(ANA, "for the night shift", line_id=line_id)
    assert "for the night shift" in Browser(desk.app, person_id).get(f"/inbox/{talk}").text
    stranger = desk.person("eve@example.com", "Eve", "rule writer")
    assert Browser(desk.app, stranger).get(f"/inbox/{talk}").status_code == 404


def test_only_those_who_write_rules_save_them(desk: Desk) -> None:
    form = {"name": "mine", "text": "version 1\n"}
    tom = desk.agent()
    assert tom.post("/rules", form).status_code == 403
    assert tom.get("/rules/new").status_code == 403
    assert "Save" not in words(tom.get("/rules"))
    writer = Browser(desk.app, desk.person("w@example.com", "Writer", "rule writer"))
    assert writer.post("/rules", form).status_code == 303


def test_runs_that_write_or_ask_on_a_hidden_line_and_decisions_about_its_texts_are_not_shown(
    desk: Desk, hidden: str
) -> None:
    desk.house.rules('version 1\n\nrule "R":\n  for contact\n  when created\n\n  add tag "x"\n')
    with desk.app.app_context():
        rule = db.session.scalars(select(Rule)).one()
        talk = db.session.scalars(select(Conversation).where(Conversation.public_id == hidden)).one()
        text = db.session.scalars(select(Message).where(Message.conversation_id == talk.id)).first()
        common = {"rule_id": rule.id, "version_id": rule.version_id, "position": [0], "data": {}, "state": "done"}
        asks = Run(cause="a", asks_id=talk.id, started_at=clock.now(), **common)
        writes = Run(cause="b", started_at=clock.now(), **common)
        open_to_all = Run(cause="c", started_at=clock.now(), **common)
        db.session.add_all([asks, writes, open_to_all])
        db.session.flush()
        text.run_id = writes.id
        db.session.add(NotStarted(rule_id=rule.id, message_id=text.id, cause="d", words=SECRET, at=clock.now()))
        db.session.commit()
        hidden_runs, shown = [asks.public_id, writes.public_id], open_to_all.public_id
    tom = desk.agent()
    for run in hidden_runs:
        assert tom.get(f"/runs/{run}").status_code == 404
        assert desk.mira.get(f"/runs/{run}").status_code == 200
    assert tom.get(f"/runs/{shown}").status_code == 200
    assert SECRET not in tom.get("/runs?rule=R").text
    assert SECRET in desk.mira.get("/runs?rule=R").text
