"""Quotes and invoices of records, with a PDF, and the short links by which customers open them."""

from flexie.documents.errors import CannotKeep, NotPdf
from flexie.documents.keeping import (
    Typed,
    attach_file,
    change,
    create,
    delete,
    file_of,
    ids_of_records,
    load,
    of_records,
    usual_currency,
    with_files,
)

__all__ = [
    "CannotKeep", "NotPdf", "Typed", "attach_file", "change", "create", "delete", "file_of", "ids_of_records", "load",
    "of_records", "usual_currency", "with_files",
]  # fmt: skip
