"""`python -m tests.crash.killed_import`: a large file comes in while the worker is killed again and again.

At each kill, and at the end, the database is counted: no half row, no row twice, every bad row named with its reason.
"""

import argparse
import contextlib
import csv
import io
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from sqlalchemy import ColumnElement, func, select, text

from flexie import bell, clock, db, importing
from flexie.importing import storing
from flexie.models import AuditEntry, Import, ImportFault, ImportLump, PhoneKey, Record, User
from tests import databases
from tests.crash import account
from tests.crash.peoplefile import COLUMNS, PeopleFile, written
from tests.crash.plan import Times
from tests.crash.processes import Process
from tests.web.browser import Browser, words

LOOK_EVERY = 0.01  # seconds
PATIENCE = 1_800.0  # seconds without which a run counts as stuck


@dataclass(frozen=True)
class Plan:
    """So many rows, in lumps of so many, and so many kills of the worker while they come in."""

    rows: int = 100_000
    kills: int = 3
    lump: int = storing.LUMP
    seed: int = 1


@dataclass
class Report:
    """What a run came to. `wrongs` is empty when every promise held; `killed_at` are rows, the others seconds.

    A run `proves_nothing` if a kill came when everything was done.
    """

    wrongs: list[str] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    uploading: float = 0.0
    killed_at: list[int] = field(default_factory=list)
    resumed_after: list[float] = field(default_factory=list)
    importing: float = 0.0
    left_out: int = 0
    proves_nothing: bool = False


class Run:
    """One import into a new installation, its worker, and what has to become of it."""

    def __init__(self, app: Flask, worker: Process, plan: Plan) -> None:
        self.app, self.worker, self.plan = app, worker, plan
        self.file: PeopleFile = written(plan.rows, plan.seed)
        self.report, self.draw = Report(), random.Random(f"{plan.seed}:kills")
        self.import_id, self.public_id, self.user_id = self._upload()

    def _upload(self) -> tuple[int, str, int]:
        began = time.monotonic()
        with self.app.app_context(), patch.object(storing, "LUMP", self.plan.lump):
            user = User(email="m@example.com", name="Mira", role="admin", password_hash="", created_at=clock.now())
            db.db.session.add(user)
            db.db.session.commit()
            one = importing.store(user, "contact", "people.csv", io.BytesIO(self.file.data))
            importing.choose(one, COLUMNS, "", user, starts_rules=False)
            importing.start(one)
            db.db.session.commit()
            bell.ring("imports")
            self.report.uploading = time.monotonic() - began
            return one.id, one.public_id, user.id

    def play(self) -> Report:
        """Let it come in, and kill the worker at equal shares of the way."""
        began = time.monotonic()
        for kill in range(1, self.plan.kills + 1):
            self._wait_until(self.plan.rows * kill // (self.plan.kills + 1))
            self._wait_for_some_moment(time.monotonic() - began)
            self.worker.kill(rest=0)
            self._look_back()
            killed = time.monotonic()
            if self.report.proves_nothing:
                return self.report
            self.worker.start()
            self._wait_until(self.report.killed_at[-1] + 1)
            self.report.resumed_after.append(time.monotonic() - killed)
        self._wait_until(self.plan.rows)
        self.report.importing = time.monotonic() - began
        self._count("at the end")
        self._compare()
        return self.report

    def _wait_until(self, rows: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while (seen := self._progress()) < rows:
            if not self.report.seen or seen != self.report.seen[-1]:
                self.report.seen.append(seen)
            if time.monotonic() > deadline:
                raise TimeoutError(f"The import stands still at row {seen}.")
            threading.Event().wait(LOOK_EVERY)

    def _wait_for_some_moment(self, so_far: float) -> None:
        """A lump has just been worked off: the kill is to come at any moment of the next."""
        a_lump = so_far / max(1, len(self.report.seen))
        threading.Event().wait(self.draw.uniform(0, a_lump))

    def _progress(self) -> int:
        with self.app.app_context(), db.reading():
            return db.db.session.get_one(Import, self.import_id).looked_at

    def _look_back(self) -> None:
        """After a kill nothing moves: what the rows say, and what a person sees."""
        at = self._progress()
        self.report.killed_at.append(at)
        if at >= self.plan.rows:
            self.report.proves_nothing = True
            return
        page = words(Browser(self.app, self.user_id).get(f"/imports/{self.public_id}"))
        if f"{at:,} of {self.plan.rows:,} rows" not in page:
            self.report.wrongs.append(f"at row {at} the page says something else")
        self._count(f"at row {at}")

    def _count(self, when: str) -> None:
        """Each row is whole or not there: a record with its number, words and entry, or a reason; else it waits."""
        with self.app.app_context(), db.reading():
            one = db.db.session.get_one(Import, self.import_id)
            waiting = db.db.session.scalars(select(ImportLump.rows)).all()
            counts = {
                "records": (_rows(Record), one.created),
                "numbers": (_rows(PhoneKey), one.created),
                "words": (db.db.session.scalar(text("SELECT count(*) FROM record_words")), one.created),
                "entries of the audit log": (_rows(AuditEntry, AuditEntry.subject == "record"), one.created),
                "reasons": (_rows(ImportFault), one.failed),
                "lumps that wait": (len(waiting), -(-(self.plan.rows - one.looked_at) // self.plan.lump)),
            }
        for what, (there, wanted) in counts.items():
            if there != wanted:
                self.report.wrongs.append(f"{when}: {there} {what} instead of {wanted}")

    def _compare(self) -> None:
        """Each good row is one record, and each bad one is in the file to download, with its line and its reason."""
        with self.app.app_context(), db.reading():
            found = [record.fields for record in db.db.session.scalars(select(Record))]
        kept = {fields["email"]: (fields["first_name"], fields["mobile"]) for fields in found}
        if kept != self.file.good or len(found) != len(kept):
            self.report.wrongs.append(f"{len(found)} records of {len(kept)} people instead of {len(self.file.good)}")
        page = Browser(self.app, self.user_id).get(f"/imports/{self.public_id}/left-out.csv")
        told = {int(row["Line"]): row["Reason"] for row in csv.DictReader(io.StringIO(page.data.decode("utf-8-sig")))}
        self.report.left_out = len(told)
        for line in told.keys() ^ self.file.bad.keys():
            self.report.wrongs.append(f"line {line} is {'left out' if line in told else 'missing'}")
        for line, reason in self.file.bad.items():
            if not told.get(line, "").startswith(reason):
                self.report.wrongs.append(f"line {line}: “{told.get(line)}” instead of “{reason}…”")


def _rows(model: type, *which: ColumnElement[bool]) -> int:
    return db.db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0


def play(plan: Plan) -> Report:
    """One run in a new installation, on SQLite and an embedded Valkey."""
    with _installation() as (app, worker):
        return Run(app, worker, plan).play()


@contextlib.contextmanager
def _installation() -> Iterator[tuple[Flask, Process]]:
    with contextlib.ExitStack() as stack:
        folder = tempfile.TemporaryDirectory("", "flexie-import-", databases.quick_folder())
        data = Path(stack.enter_context(folder))
        environment = {**os.environ, "FLEXIE_DATA": str(data), **Times().as_environment()}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        valkey, worker = (
            Process(name, [sys.executable, "-m", *module], environment, data / f"{name}.log")
            for name, module in (("valkey", ["flexie.embedded"]), ("worker", ["tests.crash.child", "worker"]))
        )
        for process in (valkey, worker):
            stack.callback(process.end)
        valkey.start()
        app = account.application(data, None, "http://127.0.0.1")
        stack.callback(account.let_go, app)
        worker.start()
        yield app, worker


def main() -> int:
    """Run, print the figures, and return 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.killed_import", description=__doc__)
    parser.add_argument("--rows", type=int, default=Plan.rows)
    parser.add_argument("--kills", type=int, default=Plan.kills)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    options = parser.parse_args()
    report = play(Plan(options.rows, options.kills, seed=options.seed))
    print(f"{options.rows:,} rows: uploaded in {report.uploading:.0f} s, imported in {report.importing:.0f} s")
    print(f"killed at rows {report.killed_at}; went on after {[round(each, 1) for each in report.resumed_after]} s")
    print(f"{len(report.seen)} steps of progress seen; {report.left_out} rows left out, each with its reason")
    for wrong in report.wrongs[:50]:
        print(f"WRONG: {wrong}")
    if report.proves_nothing:
        print("The worker was killed when everything was done: take more rows.")
    else:
        print(f"{len(report.wrongs)} promises broken" if report.wrongs else "every promise held")
    return 1 if report.wrongs or report.proves_nothing else 0


if __name__ == "__main__":
    sys.exit(main())
