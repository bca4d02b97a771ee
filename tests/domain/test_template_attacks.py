"""Hostile templates in rules: refused when a file is saved; and if one is stored all the same, its run fails alone."""

import json

from flexie import rulebook
from flexie.db import db, transaction
from flexie.models import Rule, RuleVersion, Run
from rules.templates import problem
from tests.house import ANA, House
from tests.pace import computing
from tests.rules.test_template_attacks import ESCAPES, EXHAUSTION

ATTACKS = [*ESCAPES, *EXHAUSTION]
ONE_SECOND = 1.0
HARMLESS = "PUT THE ATTACK HERE"


def rule(name: str, text: str) -> str:
    return f'rule "{name}":\n  for contact\n  when incoming sms matches "go"\n\n  send sms "{text}"\n\n'


def store_attack(version: RuleVersion, attack: str, number: int) -> None:
    """Into the tree as it is stored, past every check."""
    tree = json.loads(json.dumps(version.tree).replace(json.dumps(HARMLESS), json.dumps(attack)))
    assert tree != version.tree
    version.tree, version.digest = tree, f"attack {number}"


def test_no_attack_that_can_be_seen_is_saved_into_force(house: House) -> None:
    seen = 0
    for attack in ATTACKS:
        bars = "\n".join(f"    | {line}" for line in attack.splitlines())
        text = "version 1\n\n" + rule("R", "x").replace(' "x"', f":\n{bars}")
        saved: list[rulebook.Saved] = []

        def save(text: str = text, saved: list[rulebook.Saved] = saved) -> None:
            with house.app.app_context(), transaction():
                saved.append(rulebook.save("attack", text, None))

        assert computing(save, ONE_SECOND) < ONE_SECOND, attack
        assert not (saved[0].in_force and problem(attack)), attack
        seen += not saved[0].in_force
    assert seen > len(ATTACKS) / 2


def test_stored_attacks_fail_alone_and_the_worker_goes_on(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    written = "".join(rule(f"Attack {number}", HARMLESS) for number in range(len(ATTACKS)))
    house.rules(f"version 1\n\n{written}{rule('Harmless', 'Hello {{ first_name }}')}")
    with house.app.app_context(), transaction():
        for number, attack in enumerate(ATTACKS):
            found = db.session.scalars(db.select(Rule).where(Rule.name == f"Attack {number}")).one()
            assert found.version
            store_attack(found.version, attack, number)
    house.text("go")
    for _ in range(4):
        house.work()

    assert [post.one("Body") for post in house.standin.posts] == ["Hello Ana"]
    with house.app.app_context():
        ends = db.session.execute(db.select(Rule.name, Run.state).join(Rule, Rule.id == Run.rule_id))
        states = {row.name: row.state for row in ends}
    assert states.pop("Harmless") == "done"
    assert {name: state for name, state in states.items() if state != "failed"} == {}
    assert len(states) == len(ATTACKS)
