"""The command that runs the tests in rule files, in a likeness of this account."""

from pathlib import Path

import click

from flexie import rehearsal, rulebook
from flexie.cli.output import as_json
from flexie.db import reading, transaction


@click.command("test")
@click.argument("paths", metavar="[FILE...]", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json
@click.pass_context
def test(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Run the tests in rule files; without FILE, in those of this account. Nothing is sent and nothing stored.

    Exit code 0: all passed; 1: a test failed or a file has errors; 2: could not run.
    """
    with reading(), transaction():
        account = rehearsal.of_this_one()
        sources = {str(path): read_source(path) for path in paths} or {
            file.name: file.text for file in rulebook.files()
        }
    rehearsed = {name: rehearsal.rehearse(source, name, account) for name, source in sources.items()}
    click.echo(rehearsal.report(rehearsed, sources, "json" if as_json else "text"), nl=False)
    if not all(one.passed for one in rehearsed.values()):
        context.exit(1)


def read_source(path: Path) -> str:
    """The text of a file of rules. Raises UsageError where it cannot be read."""
    try:
        # A byte that is no UTF-8 becomes a lone surrogate, which the parser reports in its own words.
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as problem:
        raise click.UsageError(f"{path} cannot be read: {problem.strerror}. Look at who may read it.") from None
