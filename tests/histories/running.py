"""A history in the running system: everything comes in by HTTP and goes out by HTTP, workers do what is due."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import func, select

from flexie import clock
from flexie.db import db, transaction
from flexie.models import Group, Record, RecordTag, Settings, User
from tests.histories import account, carrier, walltime
from tests.histories import vocabulary as v
from tests.histories.happenings import (
    Changed,
    Given,
    GivenSender,
    Happened,
    History,
    Passed,
    Reached,
    Reported,
    Started,
    Texted,
)
from tests.histories.workers import Texts, Workers
from tests.moving_clock import MovingClock
from tests.web.browser import Browser

GIVEN_NUMBER = "+1646555{:04}"
"""The number of the given record in this place (from 100) that has none, as the language promises one."""


@dataclass
class Told:
    """What came of a history: what really happened, and after each the texts that the carrier then got."""

    happened: list[tuple[Happened, list[carrier.Post]]] = field(default_factory=list)
    posts: list[carrier.Post] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    record: int | None = None


class Running:
    """The account. `play` lets one history happen in it and leaves what came of it there.

    Of so many histories one goes through Redis and RQ; 0: none.
    """

    def __init__(self, app: Flask, outside: carrier.Carrier, *, redis_every: int = 0) -> None:
        self.app, self.outside, self.redis_every = app, outside, redis_every
        self.texts = Texts()
        self.client = app.test_client()
        self.token = account.furnish(app, outside)
        self.lines = account.addresses(app)
        self.names = {number: name for name, (number, _) in self.lines.items()}
        with app.app_context():
            kept = Settings.get()
            self.answers = {kept.stop_answer, kept.start_answer, kept.help_answer}
            self.admin_id = db.session.scalars(select(User.id).where(User.role == "admin")).one()

    def play(self, history: History) -> Told:
        """From the empty account to the end of the history."""
        account.clear(self.app)
        self.outside.posts.clear()
        self.outside.calls.clear()
        moving = MovingClock()
        zone = ZoneInfo(history.zone)
        moving.moment = walltime.at(*history.begins, zone)
        with clock.injected(moving):
            redis = bool(self.redis_every) and history.seed % self.redis_every == 0
            return _Play(self, history, Workers(self.app, moving, self.texts, redis=redis), zone).play()

    def call(self, method: str, path: str, body: Any = None, text: str | None = None) -> Any:
        """Call the API as the administrator; gives the JSON of the answer, if it is 2xx."""
        headers = {"Authorization": f"Bearer {self.token}"}
        more = {"json": body} if text is None else {"data": text.encode(), "content_type": "text/plain; charset=utf-8"}
        response = self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)
        return response.json if response.status_code < 300 else None

    def browser(self) -> Browser:
        """The administrator's browser; it signs in anew, as sign-ins end when months pass."""
        return Browser(self.app, self.admin_id)

    def post(self, webhook: carrier.Webhook) -> None:
        """A webhook of the carrier."""
        path = webhook.url.removeprefix(self.app.config["PUBLIC_URL"])
        response = self.client.post(path, data=webhook.body, headers=webhook.headers)
        assert response.status_code < 300, response.text


class _Play:
    """One history on its way."""

    def __init__(self, running: Running, history: History, workers: Workers, zone: ZoneInfo) -> None:
        self.running, self.history, self.workers, self.zone = running, history, workers, zone
        self.told = Told()
        self.public_id: str | None = None
        self.number: str | None = None
        self.last_line: dict[str, str] = {}
        settings = " ".join(history.settings)
        self.mobile = "phone" if "mobile field phone" in settings else "mobile"
        self.default_line = next((name for name in v.LINES if f'from line "{name}"' in settings), v.LINES[0])

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return self.workers.moving.moment

    def play(self) -> Told:
        self._begin()
        for happened in self.history.happened:
            before = len(self.running.outside.posts)
            real = self._let(happened)
            self.workers.settle()
            if real is not None:
                posts = self._by_rules(self.running.outside.posts[before:])
                self.told.happened.append((real, posts))
                self.last_line.update({post.to: self.running.names[post.sender] for post in posts})
        self.told.posts = list(self.running.outside.posts)
        self.told.calls = list(self.running.outside.calls)
        return self.told

    def _by_rules(self, posts: list[carrier.Post]) -> list[carrier.Post]:
        return [post for post in posts if post.text not in self.running.answers]

    # what there is

    def _begin(self) -> None:
        records = 0
        for given in self.history.given:
            is_first = self.public_id is None and self.number is None
            if isinstance(given, GivenSender):
                self.number = given.number if is_first else self.number
                continue
            made = self._record(given, records)
            records += 1
            if is_first:
                self.public_id = made
        self._save()
        self.workers.settle()

    def _record(self, given: Given, place: int) -> str:
        fields: dict[str, Any] = {self.mobile: GIVEN_NUMBER.format(100 + place)}
        fields |= {name: value.sent(self.now, self.zone) for name, value in given.fields}
        owner = fields.pop("owner", None)
        made = self.running.call("POST", "/records", {"kind": given.kind, "fields": fields})
        assert made, fields
        with self.running.app.app_context(), transaction():
            record = db.session.scalars(select(Record).where(Record.public_id == made["id"])).one()
            record.owner = db.session.scalar(select(User).where(func.lower(User.name) == str(owner).lower()))
            record.group = db.session.scalar(select(Group).where(func.lower(Group.name) == str(owner).lower()))
            record.tags = [RecordTag(tag=tag) for tag in given.tags]
            if self.told.record is None and self.public_id is None and self.number is None:
                self.told.record = record.id
        return made["id"]

    def _save(self) -> None:
        """The rules come into force: through the editor's page, or by the API."""
        if self.history.seed % 5 == 0:
            form = {"name": "history", "text": self.history.text, "was": "", "based_on": "0"}
            self.running.browser().post("/rules", form)
        else:
            self.running.call("PUT", "/rules/history", text=self.history.text)
        saved = self.running.call("GET", "/rules/history")
        assert saved, self.history.text
        assert saved["state"] == "in force", self.history.text

    # what happens

    def _let(self, happened: Happened) -> Happened | None:
        """Let something happen. Returns what really did, in full, or None where it could not."""
        match happened:
            case Texted():
                return self._text(happened)
            case Reported():
                return self._report(happened)
            case Changed():
                return self._change(happened)
            case Started():
                return self._start(happened)
            case Passed():
                return self._pass(walltime.later(self.now, happened.count, happened.unit, self.zone), happened)
            case Reached():
                return self._pass(self._moment(happened), happened)

    def _text(self, happened: Texted) -> Texted | None:
        """From the person's own number as it is now, to the line that is named, or where they last talked."""
        number = self.number
        if self.public_id is not None:
            number = self.running.call("GET", f"/records/{self.public_id}")["numbers"].get(self.mobile)
        if number is None:
            return None
        line = happened.line or self.last_line.get(number, self.default_line)
        self.last_line[number] = line
        ours, url = self.running.lines[line]
        webhook = self.running.outside.text_in(url, number, ours, happened.text, self.now.timestamp())
        self.running.post(webhook)
        return happened

    def _report(self, happened: Reported) -> Reported | None:
        posts = self._by_rules(self.running.outside.posts)
        if not posts:
            return None
        outside = self.running.outside
        self.running.post(outside.report(posts[-1], delivered=happened.delivered, moment=self.now.timestamp()))
        return happened

    def _change(self, happened: Changed) -> Changed | None:
        if self.public_id is None:
            return None
        value = happened.value.sent(self.now, self.zone)
        if happened.on_page:
            typed = str(value or "") if not isinstance(value, bool) else "yes" if value else "no"
            page = self.running.browser().post(f"/records/{self.public_id}", {happened.name: typed})
            assert page.status_code in (200, 302, 303), page.text
        else:
            assert self.running.call("PATCH", f"/records/{self.public_id}", {"fields": {happened.name: value}})
        return happened

    def _start(self, happened: Started) -> Started | None:
        """The rule's own conditions may say no: that is an answer too."""
        if self.public_id is None or not self._is_for_the_record(happened.rule):
            return None
        if happened.on_page:
            self.running.browser().post(f"/records/{self.public_id}/start", {"rule": happened.rule})
        else:
            self.running.call("POST", f"/rules/{quote(happened.rule)}/start", {"record": self.public_id})
        return happened

    def _is_for_the_record(self, name: str) -> bool:
        first = self.history.given[0]
        text = dict(self.history.rules)[name]
        kinds = text.partition("  for ")[2].partition("\n")[0].split(", ")
        return isinstance(first, Given) and first.kind in kinds

    def _pass(self, to: datetime, happened: Passed | Reached) -> Passed | Reached | None:
        if to < self.now.replace(second=0, microsecond=0):
            return None
        self.workers.advance(max(to, self.now))
        return happened

    def _moment(self, happened: Reached) -> datetime:
        match happened.day:
            case None:
                return walltime.coming(self.now, happened.clock, self.zone)
            case "tomorrow":
                tomorrow = walltime.later(self.now, 1, "day", self.zone).astimezone(self.zone).date()
                return walltime.at(tomorrow, happened.clock, self.zone)
            case str() as weekday:
                return walltime.coming(self.now, happened.clock, self.zone, weekday)
            case day:
                return walltime.at(day, happened.clock, self.zone)
