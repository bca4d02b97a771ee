"""Files as spreadsheets and other programs write them."""

import io

import pytest

from flexie import csvcells
from flexie.importing import ImportProblem, reading

TEXT = "First name;City\r\nZoë;Köln\r\nAna;“Rome”\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
        (b"a;b\r\n" + b"x;y\r\n" * 300_000 + "Zoë;1\r\n".encode("cp1252"), "cp1252"),
        (b"a;b\r\n" + b"x;y\r\n" * 300_000 + "Zoë;1\r\n".encode(), "utf-8"),
    ],
)
def test_the_encoding_is_found_out(data: bytes, encoding: str) -> None:
    stream = io.BytesIO(data)
    found = reading.encoding_of(stream)
    assert found == encoding
    with reading.text_of(stream, found) as text:
        rows = list(reading.rows_of(text, ";"))
    assert any("Zoë" in row.cells for row in rows)
    assert "\ufeff" not in rows[0].cells[0]
    assert not stream.closed


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_separator_is_found_out(sign: str) -> None:
    rows = ["name|note|total", "Ana|a, b; c|1,50", 'Ben|"x; y\n, z"|2,50', "Cy||"]
    assert reading.delimiter_of("\r\n".join(row.replace("|", sign) for row in rows)) == sign


def test_one_column_is_a_table_too() -> None:
    assert reading.delimiter_of("mobile\r\n415\r\n416\r\n") == ","


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
    ],
)
def test_what_is_no_csv_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ImportProblem, match=words):
        reading.encoding_of(io.BytesIO(data))


@pytest.mark.parametrize("data", [b"a,b\r\nx,\x00y\r\n", b"\xff\xfea\x00,\x00b\x00\r\x00\n\x00\x00\xd8"])
def test_what_is_no_text_is_refused_in_words(data: bytes) -> None:
    stream = io.BytesIO(data)
    with reading.text_of(stream, reading.encoding_of(stream)) as text, pytest.raises(ImportProblem, match="no text"):
        list(reading.rows_of(text, ","))


def test_a_quote_that_never_ends_is_said_with_its_line() -> None:
    stream = io.BytesIO(b'a,b\r\nx,y\r\nz,"' + b"word " * 40_000)
    with reading.text_of(stream, "utf-8") as text, pytest.raises(ImportProblem, match="From line 3 on"):
        list(reading.rows_of(text, ","))


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    stream = io.BytesIO(b'a,b\r\n\r\n"x\r\ny",1\r\n,\r\nz,2\r\n')
    with reading.text_of(stream, "utf-8") as text:
        assert [row.line for row in reading.rows_of(text, ",")] == [1, 3, 6]


@pytest.mark.parametrize("text", ["=1+1", "+14155552671", "-5", "@x", "\tx", "\rx", "\nx", "'=1", "''+1"])
def test_what_a_spreadsheet_might_calculate_is_quoted_and_comes_back(text: str) -> None:
    assert csvcells.guarded(text) == "'" + text
    assert csvcells.unguarded(csvcells.guarded(text)) == text


@pytest.mark.parametrize("text", ["", "Ana", "'tis", "5", "a=b", "''"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert csvcells.guarded(text) == text == csvcells.unguarded(text)
