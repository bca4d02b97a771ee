"""`flask rules backtest`: what an edited file would have done with the texts of the last days."""

from pathlib import Path

import click

from flexie import backtest as backtests
from flexie.cli.output import CannotRun, as_json, say
from flexie.cli.ruletests import read_source


@click.command("backtest")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--days", type=click.IntRange(1, backtests.LONGEST_PERIOD), default=30, show_default=True)
@click.option("--most", type=click.IntRange(min=1), default=10_000, show_default=True, help="Texts: the latest ones.")
@click.option("--as", "name", help="The saved file that it is compared with, if FILE is called otherwise.")
@as_json
@click.pass_context
def backtest(context: click.Context, path: Path, days: int, most: int, name: str | None, as_json: bool) -> None:
    """Run the stored events of the last days through FILE and through the saved file of its name.

    Nothing is sent and nothing stored. Exit code 0: it ran; 1: FILE has errors; 2: could not run.
    """
    source = read_source(path)
    try:
        report = backtests.backtest(name or path.stem, source, days=days, most=most)
    except backtests.CannotBacktest as problem:
        if not problem.findings:
            raise CannotRun(str(problem)) from None
        for finding in problem.findings:
            click.echo(finding.render(source))
        context.exit(1)
    say(backtests.as_plain(report), as_json, lambda _: backtests.in_words(report).rstrip("\n"))
