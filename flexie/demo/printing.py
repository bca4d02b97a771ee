"""A quote or an invoice on paper: a PDF of one page (ISO 32000-1), in a typeface that every viewer has."""

from collections.abc import Sequence

WIDTH, HEIGHT = 595, 842  # points: A4
LEFT, RIGHT, TOP = 64, 531, 760  # points from the left and from below
HEADING, WORDS = 22, 11  # points
DIGIT = 0.556  # of its size: how wide Helvetica's digits are
POINT = 0.278  # and its points and commas
CONTENT = 4  # the number of the object that the page shows


def page(issuer: str, title: str, about: Sequence[str], rows: Sequence[tuple[str, str]]) -> bytes:
    """The page: who issues it, what it is, lines about it, and rows of words and amounts; the last is the sum."""
    marks = [_words(LEFT, TOP, WORDS, issuer), _words(LEFT, TOP - 48, HEADING, title)]
    marks += [_words(LEFT, TOP - 80 - 18 * number, WORDS, line) for number, line in enumerate(about)]
    below = TOP - 120 - 18 * len(about)
    for number, (words, amount) in enumerate(rows):
        height = below - 24 * number
        marks += [_words(LEFT, height, WORDS, words), _words(RIGHT - _width(amount), height, WORDS, amount)]
    rule = below - 24 * (len(rows) - 1) + 16
    marks.append(f"{LEFT} {rule} m {RIGHT} {rule} l S")
    return _file("\n".join(marks).encode("cp1252", "replace"))


def _words(x: float, y: float, size: int, words: str) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {x:.1f} {y} Td ({escaped}) Tj ET"


def _width(amount: str) -> float:
    """How wide an amount is, in points."""
    return WORDS * sum(POINT if sign in ".," else DIGIT for sign in amount)


def _file(content: bytes) -> bytes:
    """A file with this content on its only page: the objects, and a table of where each of them begins."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
        % (WIDTH, HEIGHT, CONTENT),
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    ends = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + ends
