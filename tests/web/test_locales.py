"""How the world writes dates and numbers: the formats, and which one a browser asks for."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from flexie.web import locales

AT = datetime(2030, 1, 7, 14, 5, tzinfo=UTC)


def plain(words: str) -> str:
    """With every kind of blank as a blank."""
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("code", "time", "day", "near", "heading", "number", "money"),
    [
        ("en_GB", "14:05", "7 Jan 2030", "Mon 7 Jan", "Monday 7 January", "1,234.50", "US$1,250.00"),
        ("en_US", "2:05 PM", "Jan 7, 2030", "Mon, Jan 7", "Monday, January 7", "1,234.50", "$1,250.00"),
        ("de_DE", "14:05", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1.234,50", "1.250,00 $"),
        ("fr_CA", "14 h 05", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1 234,50", "1 250,00 $ US"),
        ("fi_FI", "14.05", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1 234,50", "1 250,00 $"),
        ("hi_IN", "2:05 PM", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1,234.50", "$1,250.00"),
        ("ja_JP", "14:05", "Jan 7, 2030", "Mon, Jan 7", "Monday, January 7", "1,234.50", "$1,250.00"),
        ("zh_TW", "2:05 pm", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1,234.50", "US$1,250.00"),
        ("th_TH", "14:05", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1,234.50", "US$1,250.00"),
        ("ar_EG", "2:05 pm", "7 Jan 2030", "Mon, 7 Jan", "Monday, 7 January", "1,234.50", "US$1,250.00"),
    ],
)
def test_each_place_has_its_order_its_clock_and_its_signs_and_the_words_are_english(
    code: str, time: str, day: str, near: str, heading: str, number: str, money: str
) -> None:
    write = locales.of(code)
    assert plain(write.time(AT)) == time
    assert (write.dated(AT), write.weekday_and_day(AT), write.heading(AT, with_year=False)) == (day, near, heading)
    assert plain(write.number(Decimal("1234.50"))) == number
    assert plain(write.money(Decimal("1250.00"), "USD")) == money


def test_numbers_keep_their_places_however_long_they_are() -> None:
    german, indian = locales.of("de_DE"), locales.of("hi_IN")
    assert german.number(Decimal("2026"), grouped=False) == "2026"
    assert german.number(Decimal("-12.50"), grouped=False) == "-12,50"
    assert german.number(Decimal("9" * 40 + "." + "1" * 40), grouped=False) == "9" * 40 + "," + "1" * 40
    assert indian.number(1234567) == "12,34,567"
    assert locales.of("en_US").money(Decimal("1250.00"), "JPY") == "¥1,250"
    assert locales.of("en_US").money(Decimal("1250.50"), "JPY") == "¥1,250.50"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-DE,de;q=0.9,en-US;q=0.8", "de_DE"),
        ("de", "de_DE"),
        ("en", "en_US"),
        ("zh-TW", "zh_Hant_TW"),
        ("no-NO, en", "nb_NO"),
        ("es-419", "es_419"),
        ("en-US-u-hc-h23", "en_US"),
        ("xx-YY, sq;q=0.5", "sq_AL"),
        ("*", "en_GB"),
        ("", "en_GB"),
        ("x" * 5_000, "en_GB"),
        ("../../etc/passwd, en_US/../de", "en_GB"),
    ],
)
def test_the_first_language_that_is_known_decides(header: str, code: str) -> None:
    assert locales.preferred(parse_accept_header(header, LanguageAccept)) == code
    locales.of(code)


def test_each_place_is_offered_once_and_by_name() -> None:
    offered = locales.offered()
    assert len(set(offered.values())) == len(offered) > 250
    names = [offered[code] for code in ("en_US", "de_DE", "fr_CA", "zh_CN", "sq_AL")]
    assert names == ["United States", "Germany", "Canada (French)", "China", "Albania"]
    assert list(offered.values()).index("Åland Islands") < list(offered.values()).index("Albania")
    assert locales.name("en_DE") == "Germany"
    assert locales.name("es_419") == "Latin America"
