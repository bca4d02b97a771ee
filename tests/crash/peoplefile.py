"""A file of contacts with a few bad rows, and what has to become of each of its rows."""

import csv
import io
import random
from dataclasses import dataclass, field

HEADINGS = ("First name", "Mobile", "E-mail", "Allow SMS", "Note")
COLUMNS = ("first_name", "mobile", "email", "allow_sms", "")  # the last is not imported
FAULTS = ("Mobile: ", "Allow sms: Write yes or no.", "This row has 6 cells", "Nothing stands in the columns")
"""How the reason of each kind of bad row begins."""


@dataclass
class PeopleFile:
    """The file's bytes; the good rows by e-mail address, each with its name and number; the reasons by line."""

    data: bytes = b""
    good: dict[str, tuple[str, str]] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)


def written(rows: int, seed: int, share_of_bad: float = 0.01) -> PeopleFile:
    """A file of so many rows, of which a share is bad, at random places."""
    draw, made, text = random.Random(f"{seed}:people"), PeopleFile(), io.StringIO(newline="")
    spoilt = dict.fromkeys(draw.sample(range(rows), max(len(FAULTS), round(rows * share_of_bad))))
    kinds = {row: number % len(FAULTS) for number, row in enumerate(sorted(spoilt))}
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in range(rows):
        name, number, email = f"Person {row}", f"+1415{2_000_000 + row}", f"p{row}@example.com"
        cells = [name, number, email, "yes", "x"]
        if row in kinds:
            made.bad[row + 2] = FAULTS[kinds[row]]
            cells = _spoil(cells, kinds[row])
        else:
            made.good[email] = (name, number)
        writer.writerow(cells)
    made.data = text.getvalue().encode()
    return made


def _spoil(cells: list[str], kind: int) -> list[str]:
    name, number, email, _, note = cells
    return [
        [name, "12", email, "yes", note],
        [name, number, email, "perhaps", note],
        [*cells, "too much"],
        ["", "", "", "", note],
    ][kind]
