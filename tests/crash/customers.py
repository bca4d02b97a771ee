"""People who text the line: each text is delivered until it is acknowledged, and some are delivered twice."""

import random
import threading
from dataclasses import dataclass, field

from tests.crash.posting import Poster, Webhook
from tests.house import inbound_form

TWICE = 0.1  # of all texts are delivered twice
TEXT_AGAIN = 0.2  # of all customers text a second time
WANT_STOP = 0.15  # of all customers ask to be left alone


@dataclass
class Text:
    """A text to be sent: at so many seconds after the start."""

    sid: str
    sender: str
    body: str
    at: float
    acknowledged: bool = False


@dataclass
class Customers:
    """The texts of a run, drawn from its seed."""

    seed: int
    texts: list[Text] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, count: int, seconds: float) -> None:
        """Draw `count` texts that start rules, and some more that say STOP."""
        draw = random.Random(f"{self.seed}:customers")
        numbers: list[str] = []
        for index in range(count):
            if not numbers or draw.random() > TEXT_AGAIN:
                numbers.append(f"+1628555{len(numbers):04d}")
            sender = numbers[-1]
            stops = draw.random() < WANT_STOP and all(text.sender != sender for text in self.texts)
            at = draw.uniform(0, seconds / 2 if stops else seconds)  # theirs is the long wait
            word = "LATER" if stops else "ORDER"
            self._add(sender, f"{word} number {index}", at)
            if stops:
                self._add(sender, "STOP", at + draw.uniform(0.5, 3.0))
                numbers.append(f"+1628555{len(numbers):04d}")

    def _add(self, sender: str, body: str, at: float) -> None:
        self.texts.append(Text(f"SM{len(self.texts) + 1:032x}", sender, body, at))

    @property
    def numbers(self) -> list[str]:
        """Everybody who may text."""
        return list(dict.fromkeys(text.sender for text in self.texts))

    def start(self, poster: Poster, inbound_url: str) -> None:
        """Let them text."""
        draw = random.Random(f"{self.seed}:twice")
        for text in self.texts:
            for copy in range(2 if draw.random() < TWICE else 1):
                form = inbound_form(text.body, text.sender, text.sid)
                poster.post(Webhook(inbound_url, form, self._acknowledge(text)), text.at + copy * draw.uniform(0, 1))

    def _acknowledge(self, text: Text):  # type: ignore[no-untyped-def]
        def acknowledged() -> None:
            text.acknowledged = True

        return acknowledged
