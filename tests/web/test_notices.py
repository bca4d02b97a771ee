"""Notices: who sees which, what opening them does, and the badge in the bar."""

import re

import pytest
from sqlalchemy import select

from flexie import notices
from flexie.db import db
from flexie.models import Group, Notice, Record, Run, User
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk
from tests.web.test_plans import plan_of

RULE = """version 1

rule "Ask for help":
  for contact
  when incoming sms

  notify user "Mira Okafor" "{{ first_name }} wrote: {{ __data.incoming_sms.text }}"
  notify group "Front desk" "Look at {{ first_name }}"
"""


def tell(desk: Desk, text: str, *, user: int | None = None, group: str | None = None) -> None:
    with desk.rows():
        to_group = db.session.scalars(select(Group).where(Group.name == group)).one() if group else None
        notices.tell(text, user=db.session.get(User, user) if user else None, group=to_group)


def seen_by(browser: Browser) -> str:
    return words(browser.get("/notices"))


def badge(browser: Browser, path: str = "/inbox") -> str:
    found = re.search(r'<span id="unread-notices"[^>]*>(.*?)</span>', browser.get(path).text)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1))


def mark_read(browser: Browser) -> None:
    """What the page does by itself once somebody looks at it."""
    form = re.search(r'hx-post="(/notices/read)".*?name="seen" value="(\w{32})"', browser.get("/notices").text, re.S)
    assert form, "there is nothing to mark"
    answer = browser.post(form.group(1), {"seen": form.group(2)}, htmx=True)
    assert answer.status_code == 200
    assert 'hx-swap-oob="true"' in answer.text


def test_what_rules_say_stands_there_with_its_record_and_its_run(desk: Desk) -> None:
    tom = Browser(desk.app, desk.person("tom@example.com", groups=("Front desk",)))
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA)
    desk.house.rules(RULE)
    desk.house.text("help <b>me</b>")
    desk.house.work()
    with desk.app.app_context():
        record = db.session.scalars(select(Record.public_id)).one()
        run = db.session.scalars(select(Run.public_id)).one()
    page = desk.mira.get("/notices")
    assert "Ana wrote: help <b>me</b> New Ana Hoxha · Ask for help ·" in words(page).replace("&lt;", "<")
    assert "<b>me" not in page.text
    assert f'href="/records/{record}"' in page.text
    assert f'href="/runs/{run}"' in page.text
    assert "Look at Ana" not in words(page)
    assert "Look at Ana New Ana Hoxha · Ask for help · to Front desk ·" in seen_by(tom)


def test_everybody_sees_their_own_and_their_groups_only(desk: Desk) -> None:
    tom_id = desk.person("tom@example.com", groups=("Front desk",))
    eve = Browser(desk.app, desk.person("eve@example.com", "Eve", groups=("Night shift",)))
    tell(desk, "For Tom alone", user=tom_id)
    tell(desk, "For the front desk", group="Front desk")
    tell(desk, "For Mira alone", user=desk.mira_id)
    tom = Browser(desk.app, tom_id)
    assert "For Tom alone" in seen_by(tom)
    assert "For the front desk" in seen_by(tom)
    assert "Mira alone" not in seen_by(tom)
    assert "For " not in seen_by(eve)
    assert "Nothing yet" in seen_by(eve)
    assert "For the front desk" not in seen_by(desk.mira), "an administrator is not in every group"


def test_newest_first_and_a_page_at_a_time(desk: Desk) -> None:
    for number in range(60):
        tell(desk, f"notice {number:02d}", user=desk.mira_id)
    page = desk.mira.get("/notices")
    assert re.findall(r"notice \d\d", page.text) == [f"notice {number:02d}" for number in range(59, 9, -1)]
    further = re.search(r'hx-get="(/notices\?before=\w{32})"', page.text)
    assert further
    rest = desk.mira.get(further.group(1), htmx=True)
    assert "<html" not in rest.text
    assert re.findall(r"notice \d\d", rest.text) == [f"notice {number:02d}" for number in range(9, -1, -1)]


def test_the_badge_counts_what_is_unread_on_every_page(desk: Desk) -> None:
    assert badge(desk.mira) == ""
    tell(desk, "one", user=desk.mira_id)
    tell(desk, "two", user=desk.mira_id)
    assert [badge(desk.mira, path) for path in ("/inbox", "/records/contact", "/rules", "/runs")] == ["2 unread"] * 4
    for _ in range(120):
        tell(desk, "more", user=desk.mira_id)
    assert badge(desk.mira) == "99+ unread"


def test_looking_at_them_marks_them_as_read(desk: Desk) -> None:
    tell(desk, "one", user=desk.mira_id)
    assert "New" in seen_by(desk.mira)
    assert badge(desk.mira) == "1 unread", "the page alone, which a program may fetch, changes nothing"
    mark_read(desk.mira)
    assert badge(desk.mira) == ""
    assert "New" not in seen_by(desk.mira)
    tell(desk, "two", user=desk.mira_id)
    assert badge(desk.mira) == "1 unread"


def test_what_came_after_the_page_stays_unread(desk: Desk) -> None:
    tell(desk, "one", user=desk.mira_id)
    page = desk.mira.get("/notices").text
    tell(desk, "two", user=desk.mira_id)
    seen = re.search(r'name="seen" value="(\w{32})"', page)
    assert seen
    assert desk.mira.post("/notices/read", {"seen": seen.group(1)}).status_code == 303
    assert badge(desk.mira) == "1 unread"


def test_a_notice_to_a_group_is_read_for_the_group(desk: Desk) -> None:
    tom = Browser(desk.app, desk.person("tom@example.com", groups=("Front desk",)))
    with desk.rows():
        db.session.get_one(User, desk.mira_id).groups = list(db.session.scalars(select(Group)))
    tell(desk, "for all of us", group="Front desk")
    mark_read(tom)
    assert badge(desk.mira) == ""


def test_nobody_marks_what_others_were_told(desk: Desk) -> None:
    tell(desk, "for Mira", user=desk.mira_id)
    with desk.app.app_context():
        seen = db.session.scalars(select(Notice.public_id)).one()
    tom = desk.agent()
    assert tom.post("/notices/read", {"seen": seen}).status_code == 404
    assert tom.get(f"/notices?before={seen}").status_code == 404
    assert desk.mira.client.post("/notices/read", base_url=desk.mira.base, data={"seen": seen}).status_code == 403
    assert badge(desk.mira) == "1 unread"


def test_a_run_on_somebody_elses_line_is_not_linked(desk: Desk) -> None:
    tom_id = desk.person("tom@example.com")
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.rules(RULE.replace('  notify group "Front desk" "Look at {{ first_name }}"\n', ""))
    desk.house.text("help")
    desk.house.work()
    with desk.rows():
        run = db.session.scalars(select(Run)).one()
        run.conversation.line.open_to_all = False
        notices.tell("See this run", user=db.session.get_one(User, tom_id), run=run)
        run_id = run.public_id
    page = Browser(desk.app, tom_id).get("/notices")
    assert "See this run" in words(page)
    assert run_id not in page.text


@pytest.mark.parametrize("groups", [(), ("Front desk",)])
def test_the_badge_walks_an_index_of_what_is_unread(desk: Desk, groups: tuple[str, ...]) -> None:
    person = desk.person("tom@example.com", groups=groups)
    with desk.app.app_context():
        user = db.session.get_one(User, person)
        plan = plan_of(lambda: db.session.execute(select(notices.unread_counter(user))), "(SELECT notices.id")
        assert "ix_notices_unread_user_id" in plan
        assert "SCAN notices" not in plan
