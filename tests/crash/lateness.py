"""How late waits fired: from the moment that a run's wait was over to the POST of the text behind it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from flexie import db
from flexie.models import Message, Rule, Run, RunLog
from tests.crash.account import LONG_WAIT, WAIT
from tests.crash.provider import Provider

SECONDS = {"Order": WAIT, "Later": LONG_WAIT}


@dataclass(frozen=True)
class Wait:
    """A wait that a text followed: when it was over (aware UTC), and how many seconds later the text stood in its row
    (`carried_on`) and reached the provider (`posted`).
    """

    due: datetime
    carried_on: float
    posted: float


def measured(provider: Provider) -> list[Wait]:
    """Every wait whose text reached the provider."""
    first_posts = {key: min(post.at for post in posts) for key, posts in dict(provider.posts).items() if posts}
    query = (
        select(RunLog.at, Rule.name, Message.public_id, Message.created_at)
        .join(Run, Run.id == RunLog.run_id)
        .join(Rule, Rule.id == Run.rule_id)
        .join(Message, Message.run_id == Run.id)
        .where(RunLog.step == "wait", Message.text.like("Second: %"))
    )
    found = []
    with db.reading(), db.transaction():
        for at, rule, public_id, written in db.db.session.execute(query):
            if public_id in first_posts:
                due = at + timedelta(seconds=SECONDS[rule])
                posted = datetime.fromtimestamp(first_posts[public_id], UTC)
                found.append(Wait(due, (written - due).total_seconds(), (posted - due).total_seconds()))
    return found
