"""Why a file cannot be saved at all."""

from flexie.models import RuleFile


class RulebookError(Exception):
    """A rule file that cannot be saved at all, with what to do."""


class Outdated(RulebookError):
    """Somebody else saved the file since the version that this save is based on."""

    def __init__(self, file: RuleFile, number: int) -> None:
        super().__init__(
            f'"{file.name}" was saved by somebody else meanwhile: it is at version {number} now. '
            "Nothing was saved. Compare the two, then save again."
        )
        self.file = file
        self.number = number
