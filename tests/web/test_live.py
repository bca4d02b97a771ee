"""News for open browsers: who hears of what, through a real Redis; and who is said to be here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from redis import RedisError

from flexie import config, live, presence, talks
from flexie.db import db
from flexie.models import Conversation, User
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk

SOON = 5.0  # seconds


@contextmanager
def listening(desk: Desk, lines: set[int] | None = None) -> Iterator[live.Listener]:
    with desk.app.app_context():
        listener = live.of_app().listen(lines, patience=SOON)
    assert listener
    while listener.wait(0.2):
        pass  # what happened just before
    yield listener
    desk.app.extensions["live"].leave(listener)


def row(talk: str) -> Conversation:
    return db.session.query(Conversation).filter_by(public_id=talk).one()


CHANGES: dict[str, Callable[[Desk, str], object]] = {
    "a text": lambda desk, talk: desk._add(row(talk), "in", "More", "received"),
    "a note": lambda desk, talk: talks.add_note(row(talk), "A note", db.session.get_one(User, desk.mira_id), "n1"),
    "an assignment": lambda desk, talk: talks.assign(row(talk), db.session.get_one(User, desk.mira_id)),
    "closing": lambda _desk, talk: talks.close(row(talk)),
    "reading": lambda _desk, talk: setattr(row(talk), "unread", 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_when_it_is_committed(desk: Desk, change: str) -> None:
    talk = desk.talk(ANA)
    with listening(desk) as heard:
        with desk.rows():
            CHANGES[change](desk, talk)
            db.session.flush()
            assert heard.wait(0.2) == set(), "told before the commit"
        assert heard.wait(SOON) == {""}


def test_what_is_taken_back_is_not_told(desk: Desk) -> None:
    talk = desk.talk(ANA)
    with listening(desk) as heard:
        with desk.app.app_context():
            talks.close(row(talk))
            db.session.rollback()
            db.session.commit()
        assert heard.wait(0.3) == set()


def test_an_incoming_text_is_told(desk: Desk) -> None:
    with listening(desk) as heard:
        desk.house.text(ANA, "Hello")
        desk.house.work()
        assert heard.wait(SOON) == {""}


def test_news_that_redis_did_not_take_are_told_when_it_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = desk.app.extensions["live"].redis
    publish, refused = redis.publish, []

    def fails_twice(channel: str, words: str) -> object:
        if len(refused) < 2:
            refused.append(words)
            raise RedisError("away")
        return publish(channel, words)

    with listening(desk) as heard:
        monkeypatch.setattr(live, "REST_SECONDS", 0.01)
        monkeypatch.setattr(redis, "publish", fails_twice)
        desk.talk(ANA)
        assert heard.wait(SOON) == {""}
        assert len(refused) == 2


def test_nobody_hears_of_lines_that_are_not_his(desk: Desk) -> None:
    board = desk.line("Board", "+14155550188", role="admin")
    with listening(desk, {board + 100}) as heard:
        desk.talk(ANA, line_id=board)
        assert heard.wait(0.3) == set()


def test_the_stream_of_an_agent_begins_with_a_look_and_leaves_out_what_is_not_his(desk: Desk) -> None:
    board = desk.line("Board", "+14155550188", role="admin")
    tom = desk.agent()
    ear = desk.app.extensions["live"]
    before = set(ear._listeners)  # streams of other tests end when they are thrown away
    answer = tom.client.get("/live", base_url=tom.base)
    assert answer.mimetype == "text/event-stream"
    assert b"event: look" in next(iter(answer.response))
    (listener,) = ear._listeners - before
    assert listener.lines is not None
    assert board not in listener.lines
    answer.close()
    assert listener not in ear._listeners


def test_nobody_who_is_not_signed_in_hears_anything(desk: Desk) -> None:
    before = set(desk.app.extensions["live"]._listeners)
    assert desk.app.test_client().get("/live", base_url=desk.mira.base).status_code == 303
    assert desk.app.extensions["live"]._listeners <= before


def test_when_too_many_listen_the_next_one_is_told_to_look_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "MOST_STREAMS", 0)
    answer = desk.mira.get("/live")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_streams_end_when_the_process_is_about_to(desk: Desk) -> None:
    with listening(desk) as heard:
        ear = desk.app.extensions["live"]
        ear.close()
        assert heard.wait(SOON) == set()
        assert heard.is_cut
        assert ear.listen(None, patience=0.0) is None, "nobody new is taken in"
        ear._hears.set()


def test_odd_news_in_redis_do_no_harm(desk: Desk) -> None:
    with listening(desk) as heard:
        for odd in (b"\xff\xfe", b"x y", b"1 <script>", b"", b"999999999999 a"):
            desk.app.extensions["live"].redis.publish(desk.app.extensions["live"].channel, odd)
        desk.talk(ANA)
        told: set[str] = set()
        while not told:
            told = heard.wait(SOON)
        assert told == {""}


def test_a_colleague_is_seen_reading_typing_and_leaving(desk: Desk) -> None:
    talk, tom = desk.talk(ANA), desk.agent()
    tom.post(f"/inbox/{talk}/here")
    assert "Tom Field is reading this" in words(desk.mira.get(f"/inbox/{talk}/people"))
    assert "Tom Field" not in words(tom.get(f"/inbox/{talk}/people")), "one does not see oneself"
    tom.post(f"/inbox/{talk}/here", {"typing": "1"})
    assert "Tom Field is writing" in words(desk.mira.get(f"/inbox/{talk}/people"))
    tom.post(f"/inbox/{talk}/here", {"gone": "1"})
    assert "Tom Field" not in words(desk.mira.get(f"/inbox/{talk}/people"))


def test_who_is_here_is_told_once_a_change_and_only_on_the_line(desk: Desk) -> None:
    talk, tom = desk.talk(ANA), desk.agent()
    with listening(desk) as heard:
        tom.post(f"/inbox/{talk}/here")
        assert heard.wait(SOON) == {talk}
        tom.post(f"/inbox/{talk}/here")
        assert heard.wait(0.3) == set()
        tom.post(f"/inbox/{talk}/here", {"typing": "1"})
        assert heard.wait(SOON) == {talk}


def test_that_somebody_types_no_more_is_told_however_late(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk, tom = desk.talk(ANA), desk.agent()
    tom.post(f"/inbox/{talk}/here", {"typing": "1"})
    monkeypatch.setattr(presence, "TYPING_SECONDS", 0.0)
    with listening(desk) as heard:
        tom.post(f"/inbox/{talk}/here")
        assert heard.wait(SOON) == {talk}
        tom.post(f"/inbox/{talk}/here")
        assert heard.wait(0.2) == set()


def test_presence_on_a_line_of_others_is_neither_shown_nor_taken(desk: Desk) -> None:
    board = desk.line("Board", "+14155550188", role="admin")
    talk, tom = desk.talk(ANA, line_id=board), desk.agent()
    assert tom.post(f"/inbox/{talk}/here").status_code == 404
    assert tom.get(f"/inbox/{talk}/people").status_code == 404


def test_without_redis_nobody_is_here_and_nothing_breaks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from flexie import bell

    monkeypatch.setattr(desk.app.extensions["live"], "redis", bell.connect("redis://127.0.0.1:1"))
    talk = desk.talk(ANA)
    assert desk.mira.post(f"/inbox/{talk}/here").status_code == 204
    assert desk.mira.get(f"/inbox/{talk}/people").status_code == 200
    assert presence.MOST > 1
