"""Records from CSV files: a file is stored when it is uploaded, its columns are chosen, and workers do the rest.

All or nothing for each row. A row that does not fit is kept with its line and its reason. How far an import is stands
in the transaction that makes its records: after a crash it goes on where it was.
"""

from flexie.importing.choosing import choose, examples, preview, start, stop
from flexie.importing.errors import ImportProblem
from flexie.importing.storing import store
from flexie.importing.working import drain

__all__ = ["ImportProblem", "choose", "drain", "examples", "preview", "start", "stop", "store"]
