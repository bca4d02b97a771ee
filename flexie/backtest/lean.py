"""Leaving out of a past what no rule could notice, so that the rest is replayed in a fraction of the time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flexie import consent
from flexie.backtest.past import Event, Past, TextIn, TextOut
from flexie.models import Settings
from rules import syntax
from rules.matcher import Matcher
from rules.syntax import walking

INCOMING = (syntax.IncomingSms, syntax.AnyIncomingSms, syntax.AnyOtherIncomingSms, syntax.NewConversation)
REPORTED = (syntax.SmsDelivered, syntax.SmsFailed)


def lean(past: Past, files: Sequence[syntax.File], sources: Iterable[str]) -> Past:
    """The past without texts that start nothing under any of these files, that no question can take, and that no rule
    asks about. All texts that came in stay in `past.texts`.
    """
    notice = _Notice(past, files, "\n".join(sources))
    return replace(past, events=[event for event in past.events if notice.is_worth(event)])


class _Notice:
    def __init__(self, past: Past, files: Sequence[syntax.File], source: str) -> None:
        in_force = [rule for file in files for rule in file.rules if not rule.off]
        triggers = [trigger for rule in in_force for trigger in rule.triggers]
        self._incoming, self._reported = _matcher(triggers, INCOMING), _matcher(triggers, REPORTED)
        self._asks_when_heard = "last_incoming_at" in source
        self._asks_when_told = "last_outgoing_at" in source
        words = {name: past.account.settings[name] for name in ("stop_words", "start_words", "help_words")}
        self._words = Settings(**words)
        by_itself = any(not isinstance(trigger, INCOMING) for trigger in triggers)
        asks = any(isinstance(node, syntax.WaitForReply) for rule in in_force for node in walking.everything(rule))
        self._anybody_may_be_asked = asks and by_itself
        self._asked = {text.talk.number for text in past.texts if self._starts(text)} if asks else set()

    def is_worth(self, event: Event) -> bool:
        """Whether it has to happen again."""
        match event:
            case TextIn():
                may_answer = self._anybody_may_be_asked or event.talk.number in self._asked
                return may_answer or self._asks_when_heard or self._starts(event)
            case TextOut():
                return bool(self._asks_when_told or event.case_id or self._reported.match(event.text))
        return True

    def _starts(self, event: TextIn) -> bool:
        return bool(self._incoming.match(event.text)) or bool(event.word or consent.word_in(event.text, self._words))


def _matcher(triggers: Iterable[syntax.Trigger], classes: tuple[type[syntax.TextTrigger], ...]) -> Matcher[int]:
    """Lines are not looked at: a text on another line is replayed for nothing, which costs only time."""
    wanted = [trigger for trigger in triggers if isinstance(trigger, classes)]
    return Matcher(
        (place, tuple(pattern.value for pattern in trigger.patterns)) for place, trigger in enumerate(wanted)
    )
