"""What cannot be imported, each with a sentence for the person who uploaded it."""


class ImportProblem(Exception):
    """A file or a choice that cannot be used; the sentence says what to do."""
