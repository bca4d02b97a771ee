"""The demo's library of templates."""

from flexie import library
from flexie.demo import files
from flexie.models import TextTemplate, User


def add(people: dict[str, User]) -> dict[str, TextTemplate]:
    """All templates of `templates.json` by their names."""
    return {
        entry["name"]: library.create(people[entry["by"]], entry["folder"], entry["name"], entry["text"])
        for entry in files.load("templates.json")
    }
