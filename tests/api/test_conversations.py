"""Conversations by API."""

from flexie.models import Conversation
from tests.api.office import ANA, Office, counted_queries
from tests.moving_clock import MovingClock

BEN, CLEO = "+14155552672", "+14155552673"


def test_a_conversation_is_shown_with_its_last_message(office: Office, moving_clock: MovingClock) -> None:
    shown = office.agent.get(f"/conversations/{office.conversation(office.incoming('Hi there'))}").json
    assert (shown["line"], shown["number"], shown["state"]) == ("Main", ANA, "open")
    assert (shown["unread"], shown["linked"], shown["last_text"], shown["last_direction"]) == (
        1,
        False,
        "Hi there",
        "inbound",
    )
    assert shown["last_at"] == "2030-01-07T10:00:00.000Z"
    assert (shown["assignee"], shown["assigned_group"]) == (None, None)


def test_filters_narrow_the_list(office: Office) -> None:
    office.record(name="Ben", mobile=BEN)
    ana, ben = office.conversation(office.incoming()), office.conversation(office.message(number=BEN))
    closed = office.conversation(office.incoming(number=CLEO))
    office.change(Conversation, closed, state="closed", unread=0)
    ids = office.agent.ids
    assert ids("/conversations") == [closed, ben, ana]
    assert ids("/conversations", unread="true") == [ana]
    assert ids("/conversations", unread="false") == [closed, ben]
    assert ids("/conversations", linked="true") == [ben]
    assert ids("/conversations", linked="0") == [closed, ana]
    assert ids("/conversations", line="Main", number="415 555 2672") == [ben]
    assert ids("/conversations", state="closed") == [closed]


def test_a_filter_that_makes_no_sense_is_named(office: Office) -> None:
    for query in ({"unread": "perhaps"}, {"line": "Closed"}, {"state": "lost"}):
        answer = office.agent.get("/conversations", **query)
        assert list(answer.get_json(force=True)["errors"]) == list(query)


def test_conversations_on_lines_of_others_do_not_exist(office: Office) -> None:
    hidden = office.conversation(office.incoming(line="Closed"))
    assert office.agent.ids("/conversations") == []
    assert office.agent.get(f"/conversations/{hidden}").status_code == 404
    assert office.admin.ids("/conversations", line="Closed") == [hidden]


def test_pages_go_on_where_they_ended_although_a_row_moved_up(office: Office, moving_clock: MovingClock) -> None:
    made = []
    for number in range(5):
        moving_clock.move(seconds=number // 2)
        made.append(office.conversation(office.incoming(number=f"+1415555267{number}")))
    page = office.agent.get("/conversations", limit=3).json
    assert [item["id"] for item in page["items"]] == made[:1:-1]
    moving_clock.move(minutes=1)
    office.incoming("Again", number="+14155552672")
    rest = office.agent.get("/conversations", limit=3, cursor=page["next"]).json
    assert ([item["id"] for item in rest["items"]], rest["next"]) == (made[1::-1], None)


def test_a_long_page_takes_as_many_queries_as_a_short_one(office: Office) -> None:
    for number in range(8):
        office.incoming(number=f"+1415555267{number}")
    with counted_queries(office.app) as short:
        office.agent.get("/conversations", limit=1)
    with counted_queries(office.app) as long:
        assert len(office.agent.ids("/conversations")) == 8
    assert len(long) == len(short) <= 3
