"""One file's tests, rehearsed: its findings first, then the tests in an account made for them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

import rules
from flexie import performing
from flexie.rehearsal.accounts import Account
from flexie.rehearsal.scene import Scene
from flexie.rehearsal.stage import Limits, Stage
from rules import testing


@dataclass(frozen=True)
class Rehearsed:
    """What came of a file: findings that keep its tests from running, or the results of its tests."""

    findings: Sequence[rules.Finding] = ()
    results: Sequence[testing.Result] = ()

    @property
    def passed(self) -> bool:
        """Whether the tests could run and all passed."""
        return not self.findings and all(result.passed for result in self.results)


def rehearse(text: str, filename: str, account: Account, limits: Limits | None = None) -> Rehearsed:
    """Run the tests of a file of rules. A file with errors has findings, and no test of it runs."""
    parsed = rules.parse(text, filename)
    findings = rules.check(parsed, account.schema, supports=performing.SUPPORTED)
    errors = [finding for finding in findings if finding.level is rules.Level.ERROR]
    if errors or not parsed.file.tests:
        return Rehearsed(errors)
    written = parsed.file.settings.zone
    zone = ZoneInfo(written.value if written else account.time_zone)
    with Stage.open(limits or Limits()) as stage:
        scene = Scene(stage, account, parsed.file, text)
        return Rehearsed((), list(testing.run(parsed.file, scene, zone)))


def report(rehearsed: Mapping[str, Rehearsed], sources: Mapping[str, str], form: str) -> str:
    """What came of files by name, for people (`text`) or for programs (`json`)."""
    if form == "json":
        files = [_plain(name, one, sources[name]) for name, one in rehearsed.items()]
        return json.dumps({"files": files}, ensure_ascii=False, indent=1) + "\n"
    parts = [_in_words(name, one, sources[name]) for name, one in rehearsed.items()]
    return "\n".join([*parts, _summary(list(rehearsed.values()))])


def _plain(name: str, one: Rehearsed, source: str) -> dict[str, object]:
    return {
        "file": name,
        "passed": one.passed,
        "findings": [asdict(finding) for finding in one.findings],
        "tests": testing.as_plain(one.results, source),
    }


def _in_words(name: str, one: Rehearsed, source: str) -> str:
    if one.findings:
        return "\n".join(finding.render(source) for finding in one.findings)
    return testing.shown(one.results, name, source) if one.results else f"{name}\n  has no tests\n"


def _summary(rehearsed: Sequence[Rehearsed]) -> str:
    results = [result for one in rehearsed for result in one.results]
    failed = sum(not result.passed for result in results)
    not_run = sum(bool(one.findings) for one in rehearsed)
    words = [f"{failed} of {_tests(len(results))} failed" if failed else f"{_tests(len(results))} passed"]
    if not_run:
        files = "1 file has" if not_run == 1 else f"{not_run} files have"
        words.append(
            f"{files} errors, so that no test of it ran"
            if not_run == 1
            else f"{files} errors, so that their tests did not run"
        )
    return f"{'; '.join(words)} ({sum(result.seconds for result in results):.1f} s).\n"


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
