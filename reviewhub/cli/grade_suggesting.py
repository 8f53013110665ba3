"""`reviewhub grade suggestions COURSE`: how often the desk's suggested matches were right."""

from collections.abc import Iterator, Sequence

import click

from reviewhub.cli.ground import open_ground
from reviewhub.courses.facts import find_course
from reviewhub.grades.precision import Tally
from reviewhub.grades.suggested import read_precision

HEAD = ("How sure", "right", "of", "precision", "in part", "denied", "otherwise", "open")
WIDTHS = (24, 6, 6, 10, 8, 7, 10, 5)


@click.command("suggestions")
@click.argument("course")
@click.pass_obj
def suggestions(config_file: object, course: str) -> None:
    """Print how often the matches suggested to the graders of COURSE were right, by how sure they were."""
    ground = open_ground(config_file)
    with ground.database.reading() as session:
        tallies = read_precision(session, find_course(session, course))
    for line in told(tallies):
        click.echo(line)


def told(tallies: Sequence[Tally]) -> Iterator[str]:
    """A row for each band of scores and one for all; a single sentence where nothing was suggested yet."""
    if not tallies[-1].answered and not tallies[-1].open:
        yield "Nothing was suggested in this course yet."
        return
    yield _row(HEAD)
    for one in tallies:
        precision = "—" if one.share is None else f"{one.share:.1%}".replace("%", " %")
        yield _row((one.title, one.right, one.answered, precision, one.partial, one.denied, one.ignored, one.open))


def _row(cells: Sequence[object]) -> str:
    first, *numbers = (str(cell) for cell in cells)
    return f"{first:<{WIDTHS[0]}}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(numbers, WIDTHS[1:], strict=True)
    )
