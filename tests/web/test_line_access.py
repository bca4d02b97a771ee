"""Who may use a line is set on a page of its own, which says whom that makes; it counts at once."""

import re

from sqlalchemy import select

from flexie import access, live
from flexie.db import db
from flexie.models import Group, Line, User
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


def address(desk: Desk) -> str:
    with desk.app.app_context():
        return f"/settings/lines/{db.session.scalars(select(Line.public_id)).one()}/access"


def grants(desk: Desk) -> access.Grants:
    with desk.app.app_context():
        return access.of(db.session.scalars(select(Line)).one())


def ids(desk: Desk) -> dict[str, str]:
    with desk.app.app_context():
        found = [
            *db.session.execute(select(User.name, User.public_id)),
            *db.session.execute(select(Group.name, Group.public_id)),
        ]
        return dict(found)


def test_a_line_is_opened_to_a_mix_and_the_form_shows_it_again(desk: Desk) -> None:
    desk.agent()
    desk.person("nils@example.com", "Nils", groups=("Night",))
    desk.person("wanda@example.com", "Wanda", "rule writer")
    desk.person("olga@example.com", "Olga")
    of = ids(desk)
    mix = {"open": "some", "roles": "rule writer", "groups": of["Night"], "people": of["Tom Field"]}
    seen = desk.mira.post(f"{address(desk)}/preview", mix, htmx=True)
    assert words(seen) == "4 people may use this line: Mira Okafor, Nils, Tom Field, Wanda."
    assert grants(desk).to_all
    answer = desk.mira.post(address(desk), mix)
    assert (answer.status_code, answer.location) == (303, address(desk).removesuffix("/access"))
    page = desk.mira.get(address(desk)).text
    for value in ("some", "rule writer", of["Night"], of["Tom Field"]):
        assert re.search(f'value="{value}" checked', page), value
    assert f'value="{of["Olga"]}" checked' not in page
    assert "4 people may use this line" in page


def test_without_scripts_the_form_says_whom_that_makes_and_keeps_what_was_ticked(desk: Desk) -> None:
    desk.agent()
    of = ids(desk)
    answer = desk.mira.post(address(desk), {"open": "some", "people": of["Tom Field"], "do": "look"})
    assert "2 people may use this line: Mira Okafor, Tom Field." in words(answer)
    assert f'value="{of["Tom Field"]}" checked' in answer.text
    assert grants(desk).to_all


def test_many_people_are_counted(desk: Desk) -> None:
    for number in range(20):
        desk.person(f"p{number}@example.com", f"Person {number:02}")
    told = words(desk.mira.post(f"{address(desk)}/preview", {"open": "all"}, htmx=True))
    assert told.startswith("21 people may use this line: Mira Okafor, Person 00,")
    assert told.endswith("and 9 more.")


def test_whoever_loses_a_line_loses_it_on_open_pages_too_and_what_was_typed_is_not_sent(desk: Desk) -> None:
    talk = desk.talk(ANA, "For Tom alone")
    tom = desk.agent()
    assert "For Tom alone" in tom.get(f"/inbox/{talk}").text
    with desk.app.app_context():
        listener = live.of_app().listen([1], patience=20)
        assert listener is not None
    desk.mira.post(address(desk), {"open": "some"})
    while not listener.is_cut:
        listener.wait(20)
    assert "For Tom alone" not in tom.get("/inbox").text
    assert tom.get(f"/inbox/{talk}/thread", htmx=True).status_code == 404
    typed = {"text": "Half a thought", "nonce": "n"}
    assert tom.post(f"/inbox/{talk}/reply", typed, htmx=True).status_code == 404
    assert desk.house.messages() == []
    desk.mira.post(address(desk), {"open": "all"})
    assert tom.post(f"/inbox/{talk}/reply", typed, htmx=True).status_code == 200
    assert [message.text for message in desk.house.messages()] == ["Half a thought"]


def test_agents_open_no_lines(desk: Desk) -> None:
    tom = desk.agent()
    assert tom.get(address(desk)).status_code == 403
    assert tom.post(address(desk), {"open": "some"}).status_code == 403
    assert tom.post(f"{address(desk)}/preview", {"open": "all"}).status_code == 403
    assert grants(desk).to_all
    assert desk.mira.get("/settings/lines/" + "0" * 32 + "/access").status_code == 404


def test_the_pages_of_people_and_groups_say_which_lines_are_theirs(desk: Desk) -> None:
    desk.agent()
    desk.person("nils@example.com", "Nils", groups=("Night",))
    of = ids(desk)
    desk.mira.post(address(desk), {"open": "some", "groups": of["Night"]})
    with desk.app.app_context():
        name = db.session.scalars(select(Line.name)).one()
    said = {
        f"people/{of['Nils']}": f"Lines to use {name}",
        f"people/{of['Tom Field']}": "Lines to use None yet.",
        f"people/{of['Mira Okafor']}": f"Lines to use {name} Administrators use every line.",
        f"groups/{of['Night']}": f"Lines that are open to this group {name}",
    }
    for page, sentence in said.items():
        assert sentence in words(desk.mira.get(f"/settings/{page}")), page
