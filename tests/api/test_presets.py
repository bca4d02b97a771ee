"""The presets of Send later by API."""

from flexie import presets
from flexie.db import transaction
from flexie.models import Settings
from tests.api.office import ANA, Office
from tests.moving_clock import MovingClock


def test_each_is_told_with_the_moment_that_it_means_now(office: Office, moving_clock: MovingClock) -> None:
    with office.app.app_context(), transaction():
        Settings.get().time_zone = "Europe/Rome"
        presets.change(Settings.get(), [("Soon", "In 2 hours"), ("", "Today 9:00"), ("Dawn", "Tomorrow 6:30")])
    shown = office.agent.get("/presets").json  # it is 11:00 in Rome: today's 9:00 has passed
    assert shown == {
        "items": [
            {"name": "Soon", "send_at": "2030-01-07T12:00:00.000Z"},
            {"name": "Dawn", "send_at": "2030-01-08T05:30:00.000Z"},
        ],
        "next": None,
    }
    moving_clock.move(hours=1)
    assert office.agent.get("/presets").json["items"][0]["send_at"] == "2030-01-07T13:00:00.000Z"


def test_what_a_preset_means_is_when_a_message_goes(office: Office) -> None:
    for preset in office.agent.get("/presets").json["items"]:
        sent = office.agent.send(to=ANA, text=preset["name"], send_at=preset["send_at"]).json
        assert (sent["status"], sent["send_at"]) == ("scheduled", preset["send_at"])


def test_it_takes_no_parameters(office: Office) -> None:
    assert office.agent.get("/presets", limit="1").status_code == 422
