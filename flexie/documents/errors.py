"""What can be wrong with a document, in sentences for a person."""


class CannotKeep(Exception):
    """A document that cannot be kept: field (number, amount, currency, state, due_on or file) → what to do."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class NotPdf(Exception):
    """A file that is no PDF which may be handed out."""
