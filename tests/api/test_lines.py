"""Lines by API, and how they are doing."""

from flexie.models import Line, Message
from tests.api.office import Office
from tests.moving_clock import MovingClock


def line_id(office: Office, name: str) -> str:
    return next(line["id"] for line in office.admin.get("/lines").json["items"] if line["name"] == name)


def tried(office: Office, status: str, clock: MovingClock, **more: object) -> None:
    """A text that was handed to the provider."""
    office.change(Message, office.message(status, status=status), attempted_at=clock(), **more)


def test_a_line_tells_administrators_how_it_is_doing(office: Office, moving_clock: MovingClock) -> None:
    tried(office, "delivered", moving_clock)
    tried(office, "unknown", moving_clock)
    for status in ("undelivered", "failed"):
        tried(office, status, moving_clock, error_code="30006")
    office.message("waits", status="queued")
    main = line_id(office, "Main")
    office.change(Line, main, last_inbound_at=moving_clock(), refused_count=2, refused_reason="Signed for elsewhere")
    moving_clock.move(minutes=2)
    shown = office.admin.get(f"/lines/{main}").json
    assert (shown["name"], shown["number"], shown["provider"]) == ("Main", "+14155550100", "twilio")
    health = shown["health"]
    assert (health["last_inbound_at"], health["last_receipt_at"]) == ("2030-01-07T10:00:00.000Z", None)
    assert (health["waiting"], health["waiting_since"]) == (1, "2030-01-07T10:00:00.000Z")
    assert (health["latest"], health["failed"], health["in_doubt"], health["failed_share"]) == (4, 2, 1, 0.5)
    ((words, count),) = [(reason["words"], reason["count"]) for reason in health["reasons"]]
    assert ("landline" in words, count) == (True, 2)
    assert (health["refused"], health["refused_reason"]) == (2, "Signed for elsewhere")


def test_a_line_without_texts_has_no_share_of_failures(office: Office) -> None:
    health = office.admin.get(f"/lines/{line_id(office, 'Closed')}").json["health"]
    assert (health["latest"], health["failed_share"], health["reasons"], health["waiting_since"]) == (0, None, [], None)


def test_others_see_their_lines_without_their_health_and_no_other_lines(office: Office) -> None:
    main, closed = line_id(office, "Main"), line_id(office, "Closed")
    for who in (office.agent, office.writer):
        shown = who.get(f"/lines/{main}").json
        assert (shown["name"], shown["health"]) == ("Main", None)
        assert who.get(f"/lines/{closed}").status_code == 404
    assert office.admin.get(f"/lines/{'0' * 32}").status_code == 404
