"""How many rows a list brings when it is looked at again."""

import re

from flask import request

from flexie import inbox


def rows_wanted() -> int:
    """As many as the page holds already (`rows`), but never less than a page nor more than MOST_ROWS."""
    rows = request.args.get("rows", "")
    held = int(rows) if re.fullmatch("[0-9]{1,5}", rows) else 0
    return min(max(held, inbox.PAGE), inbox.MOST_ROWS)
