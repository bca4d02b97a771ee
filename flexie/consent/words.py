"""The words that say no, yes and help: the law's own, which no account is without, and the account's."""

import unicodedata
from functools import lru_cache
from typing import Literal

from flexie.models import Settings

Word = Literal["stop", "start", "help"]

LAW: dict[Word, tuple[str, ...]] = {
    "stop": ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
    "start": ("START", "UNSTOP"),
    "help": ("HELP",),
}
"""47 CFR 64.1200(a)(10) names STOP, QUIT, END, REVOKE, OPT OUT, CANCEL and UNSUBSCRIBE; carriers (CTIA, Messaging
Principles and Best Practices) also STOPALL, START, UNSTOP and HELP.
"""

# A text that only begins with a stop word still means it ("STOP please", "stop texting me"), except after these
# everyday openings; the exact words alone always count. 47 CFR 64.1200(a)(10): any reasonable means.
_ONLY_ALONE = frozenset({"END", "CANCEL", "QUIT"})


def plain(text: str) -> str:
    """A text as words are compared: upper case, one blank between words, no punctuation around them."""
    folded = unicodedata.normalize("NFKC", text).upper()
    words = ("".join(c for c in word if c.isalnum()) for word in folded.replace("-", " ").split())
    return " ".join(word for word in words if word)


def word_in(text: str, settings: Settings) -> Word | None:
    """Whether a text is one of the account's STOP, START or HELP words, or begins with a STOP word."""
    said = plain(text)
    exact, beginnings = _vocabulary(tuple(settings.stop_words), tuple(settings.start_words), tuple(settings.help_words))
    if said.startswith(beginnings):
        return "stop"
    return exact.get(said)


@lru_cache(maxsize=8)
def _vocabulary(
    stop: tuple[str, ...], start: tuple[str, ...], help_: tuple[str, ...]
) -> tuple[dict[str, Word], tuple[str, ...]]:
    """The words in the form that texts are compared in, and the beginnings that mean STOP; the law's among them."""
    stop = (*stop, *LAW["stop"])
    exact: dict[str, Word] = dict.fromkeys(map(plain, help_), "help")
    exact.update(dict.fromkeys(map(plain, start), "start"))
    exact.update(dict.fromkeys(map(plain, stop), "stop"))
    exact.update({word: kind for kind in ("help", "start", "stop") for word in LAW[kind]})
    exact.pop("", None)
    beginnings = tuple(f"{plain(word)} " for word in stop if plain(word) and plain(word) not in _ONLY_ALONE)
    return exact, beginnings
