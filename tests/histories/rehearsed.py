"""A file's test, run as `flask rules test` runs it, and what its throw-away database then holds."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import rules
from flexie import performing, rehearsal
from flexie.rehearsal.scene import Scene
from flexie.rehearsal.stage import Stage
from rules import testing
from tests.histories import seen

_PATIENT = rehearsal.Limits(seconds_a_test=600.0, seconds_a_file=600.0)  # a busy machine makes no difference


@dataclass(frozen=True)
class Rehearsed:
    """Why the test failed, in words (None: it passed), and what there was to see at its end."""

    failure: str | None
    seen: seen.Seen


def rehearse(text: str, name: str, account: rehearsal.Account, zone: str) -> Rehearsed:
    """What `rehearsal.rehearse` does, and a look at the stage before it is taken away."""
    parsed = rules.parse(text, name)
    findings = rules.check(parsed, account.schema, supports=performing.SUPPORTED)
    errors = [finding for finding in findings if finding.level is rules.Level.ERROR]
    assert not errors, "\n".join(error.render(text) for error in errors)
    with Stage.open(_PATIENT) as stage:
        scene = Scene(stage, account, parsed.file, text)
        results = list(testing.run(parsed.file, scene, ZoneInfo(zone)))
        failed = any(not result.passed for result in results)
        return Rehearsed(testing.shown(results, name, text) if failed else None, seen.read(scene.record_id))
