"""What people are called and what they write."""

from random import Random

from benchmarks.plenty.size import share


def _words(written: str) -> list[str]:
    return written.split()


FIRST = _words(
    "Grace Aisha Omar Lena Tom José Maya Noor Ivan Ruth Peter Sofia Amir Chloe Daniel Elif Felix Hana Igor Julia Kofi"
    " Laura Marco Nadia Oscar Priya Quentin Rosa Samuel Tessa Umar Vera Walter Xenia Yusuf Zoe"
)
COMMON = _words(
    "appointment hello please thanks tomorrow today morning afternoon time late early order delivery number address"
    " invoice paid question answer yes no maybe call back later again week monday friday office door key car house"
    " water heating broken repair price offer quote week school child doctor pharmacy ready pick send receive change"
)
RARE = "zanzibar"
"""A word that is in five messages, whatever the size."""

ODD_NAME = ("Zebulon", "Quince")
"""The name of three records, whatever the size."""

_SYLLABLES = _words("ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu")
LAST = [f"{a}{b}{c}".capitalize() for a in _SYLLABLES for b in _SYLLABLES[:6] for c in ("ner", "man", "sen")]
SELDOM = [a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES[:8]]


def first_name(record: int, of: int) -> str:
    """A record's first name. `of`: how many records there are."""
    return ODD_NAME[0] if _is_odd(record, of) else FIRST[share(record, "first name", len(FIRST))]


def last_name(record: int, of: int) -> str:
    """A record's last name."""
    return ODD_NAME[1] if _is_odd(record, of) else LAST[share(record, "last name", len(LAST))]


def _is_odd(record: int, of: int) -> bool:
    return record in (of // 5, of // 2, of - 25)


def text(message: int, of: int, chance: Random) -> str:
    """What a message says: 5 to 14 words, some of them common and some seldom. `of`: how many messages there are."""
    said = [_word(chance) for _ in range(5 + share(message, "length", 10))]
    if message % (of // 5) == of // 10:
        said[2] = RARE
    return " ".join(said).capitalize()


def _word(chance: Random) -> str:
    thrown = chance.random()
    if thrown < 0.7:
        return COMMON[int(len(COMMON) * thrown / 0.7)]
    return SELDOM[int(len(SELDOM) * ((thrown - 0.7) / 0.3) ** 2)]
