"""The life of rule files: what a save changes, what its names mean, and what becomes of runs that wait."""

import pytest
from sqlalchemy import select

from flexie import ruleset
from flexie.db import db, transaction
from flexie.models import Line, Rule, RuleVersion
from tests.house import House

SEND = 'version 1\n\nrule "Thank":\n  for contact\n  when incoming sms matches "YES*"\n\n  send sms "Thanks"\n'


def version(name: str) -> RuleVersion:
    """The version of a rule that new runs begin with."""
    found = db.session.scalars(select(Rule).where(Rule.name == name)).one().version
    assert found is not None
    return found


def rename_line(house: House, name: str) -> None:
    with house.app.app_context(), transaction():
        db.session.scalars(select(Line)).one().name = name


def line_name(house: House) -> str:
    with house.app.app_context():
        return db.session.scalars(select(Line.name)).one()


def test_names_mean_what_they_meant_at_the_save(house: House) -> None:
    name = line_name(house)
    house.rules(SEND.replace('"Thanks"', f'"Thanks" from line "{name}"'))
    rename_line(house, "Desk")
    with house.app.app_context():
        line = db.session.scalars(select(Line)).one()
        assert ruleset.bound(version("Thank"), "line", name) == line.id
        assert ruleset.bound(version("Thank"), "line", "Desk") is None
        assert version("Thank").bindings == {
            "line": {name: line.id}, "user": {}, "group": {}, "webhook": {}, "rule": {},
        }  # fmt: skip


def test_a_version_from_before_bindings_means_what_is_called_so_now(house: House) -> None:
    house.rules(SEND)
    name = line_name(house)
    with house.app.app_context(), transaction():
        version("Thank").bindings = {}
        assert ruleset.bound(version("Thank"), "line", name) == db.session.scalars(select(Line.id)).one()
        assert ruleset.bound(version("Thank"), "user", "Nobody") is None


@pytest.mark.parametrize("head", ['version 1\n\nsettings:\n  from line "{}"\n', "version 1\n"])
def test_the_line_of_the_settings_is_bound_for_each_rule(house: House, head: str) -> None:
    name = line_name(house)
    house.rules(SEND.replace("version 1\n", head.format(name)))
    with house.app.app_context():
        assert set(version("Thank").bindings["line"]) == ({name} if "settings" in head else set())
