"""How dates, times and numbers are written in the world: what the CLDR tells, by way of Babel.

The pages are in English, and so are names of days and months on them. Their order, the clock, and the signs in numbers
are those of a person's own place.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import lru_cache

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.core import LOCALE_ALIASES, get_global
from babel.languages import get_official_languages
from babel.localedata import exists
from werkzeug.datastructures import LanguageAccept

DEFAULT = "en_GB"
"""For whoever says nothing of languages."""
_WORLD = "en_001"
_MOST_DIGITS = 200  # of numbers that are written here; fields hold far fewer


@dataclass(frozen=True)
class Format:
    """One place's way of writing. `words` says names and the order of dates, `own` numbers, `clock` is a pattern."""

    code: str
    words: Locale
    own: Locale
    clock: str

    def time(self, at: datetime) -> str:
        """14:05, or 2:05 PM; on the clock that `at` is on."""
        return dates.format_time(at, self.clock, locale=self.words)

    def weekday(self, day: date) -> str:
        """Mon"""
        return self._date(day, "EEE")

    def day(self, day: date) -> str:
        """7 Jan"""
        return self._date(day, self._pattern("MMMd"))

    def dated(self, day: date) -> str:
        """7 Jan 2030"""
        return self._date(day, self._pattern("yMMMd"))

    def weekday_and_day(self, day: date) -> str:
        """Mon 7 Jan"""
        return self._date(day, self._pattern("MMMEd"))

    def heading(self, day: date, *, with_year: bool) -> str:
        """Monday 7 January, or Monday, 7 January 2030"""
        short = self._pattern("MMMEd").replace("MMM", "MMMM").replace("E", "EEEE")
        return self._date(day, self.words.date_formats["full"].pattern if with_year else short)

    def joined(self, day: str, at: datetime) -> str:
        """A day that is written already, and the time: 7 Jan, 14:05"""
        return str(self.words.datetime_formats["medium"]).format(self.time(at), day)

    def number(self, value: int | Decimal, *, grouped: bool = True) -> str:
        """1,234.50, with as many places as the value has; without signs between thousands where it names something."""
        places = -int(Decimal(value).as_tuple().exponent)
        whole = self.own.decimal_formats[None].pattern.partition(".")[0]
        pattern = f"{whole}.{'0' * places}" if places > 0 else whole
        with localcontext(prec=_MOST_DIGITS):
            return numbers.format_decimal(value, pattern, locale=self.own, group_separator=grouped)

    def money(self, amount: Decimal, currency: str) -> str:
        """$1,250.00; with the places that the currency has, or more if there is something in them."""
        has_cents = numbers.get_currency_precision(currency) > 0 or amount == amount.to_integral_value()
        return numbers.format_currency(amount, currency, locale=self.own, currency_digits=has_cents)

    def _date(self, day: date, pattern: str) -> str:
        return dates.format_date(day, pattern, locale=self.words)

    def _pattern(self, skeleton: str) -> str:
        return self.words.datetime_skeletons[skeleton].pattern


@lru_cache(maxsize=128)
def of(code: str) -> Format:
    """The format of a code, such as de_DE. Raises ValueError or UnknownLocaleError for one that is none."""
    own = Locale.parse(code)
    words = _english(own)
    if own.text_direction == "rtl":
        own = Locale.parse(_WORLD)  # marks that turn the direction would turn the sentence around
    return Format(code, words, own, _clock(own) or _clock(words))


def _clock(locale: Locale) -> str:
    """The pattern of a time: hours up to 24 without words around them; up to 12 only with English words."""
    pattern = str(locale.time_formats["short"].pattern)
    hours = re.search("H+[^Hm]*m+", pattern)
    return hours[0] if hours else pattern if locale.language == "en" else ""


def _english(own: Locale) -> Locale:
    """English as it is written there: with the month before the day only where that is usual."""
    code = f"en_{own.territory}"
    words = Locale.parse(code if own.territory and exists(code) else _WORLD)
    return words if _begins_with_month(own) or not _begins_with_month(words) else Locale.parse(_WORLD)


def _begins_with_month(locale: Locale) -> bool:
    pattern = locale.datetime_skeletons["yMMMd"].pattern
    return pattern.find("M") < pattern.find("d")


def preferred(accepted: LanguageAccept) -> str:
    """The code for what a browser asks for in Accept-Language: the first that anything is known of."""
    return next((code for tag in accepted.values() if (code := _known(tag))), DEFAULT)


@lru_cache(maxsize=512)
def _known(tag: str) -> str:
    """A language tag (BCP 47) as a code with a territory, or nothing."""
    plain = re.split(r"-[ux]-", tag, maxsplit=1)[0][:40]
    for attempt in (plain, plain.partition("-")[0]):
        found = _read(attempt.replace("-", "_"))
        found = found if found is None or found.territory else _likely(found)
        if found and found.territory:
            return str(found)
    return ""


def _likely(locale: Locale) -> Locale | None:
    """A language with the territory where most people speak it: de is de_DE."""
    whole = LOCALE_ALIASES.get(str(locale)) or get_global("likely_subtags").get(str(locale), "")
    return _read(f"{whole.partition('_')[0]}_{whole.rpartition('_')[2]}")


def _read(code: str) -> Locale | None:
    try:
        return Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return None


@lru_cache(maxsize=1)
def offered() -> dict[str, str]:
    """What to choose from: code → its place in English, with the language where a place has several."""
    return dict(sorted(_places(), key=lambda pair: _sortable(pair[1])))


def name(code: str) -> str:
    """What the format of a code is called: Germany, or Latin America."""
    return offered().get(code) or Locale("en").territories.get(Locale.parse(code).territory or "", code)


def _places() -> Iterator[tuple[str, str]]:
    english = Locale("en")
    for territory, name in english.territories.items():
        languages = dict.fromkeys(each.partition("_")[0] for each in get_official_languages(territory, de_facto=True))
        known = [each for each in languages if len(territory) == 2 and _is_there(f"{each}_{territory}", territory)]
        for language in known:
            called = english.languages.get(language, language)
            yield f"{language}_{territory}", name if len(known) == 1 else f"{name} ({called})"


def _is_there(code: str, territory: str) -> bool:
    found = _read(code)
    return found is not None and found.territory == territory


def _sortable(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
