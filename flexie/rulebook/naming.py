"""What a rule file may be called."""

import re

from flexie.rulebook.errors import RulebookError

LONGEST = 100  # characters
TAKEN = frozenset({"new", "check", "format"})  # addresses of pages beside the files'
_BAD = re.compile(r"[/\x00-\x1f\x7f]")


def refuse_bad(name: str) -> str:
    """The name without blanks around it. Raises RulebookError, which says what to do."""
    name = name.strip()
    if not name:
        raise RulebookError("Give the file a name.")
    if name in TAKEN or _BAD.search(name) or len(name) > LONGEST:
        raise RulebookError(
            f'Choose another name: at most {LONGEST} characters, without "/", and not {", ".join(sorted(TAKEN))}.'
        )
    return name
