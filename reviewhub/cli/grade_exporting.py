"""`reviewhub grade export` and `reviewhub grade verify`: the files of the export page, and the proof of one of them."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import click

from reviewhub.cli.ground import open_ground
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput
from reviewhub.grades.exports.csv_files import DECIMALS, SEPARATORS, CsvStyle, csv_pieces
from reviewhub.grades.exports.gradebook import gradebook
from reviewhub.grades.exports.ledger_file import ledger_pieces
from reviewhub.grades.exports.line_lists import workbook_grids
from reviewhub.grades.exports.loading import record_now, record_released
from reviewhub.grades.exports.moodle_list import moodle_list
from reviewhub.grades.exports.record import CourseRecord
from reviewhub.grades.exports.verifying import verify as verify_ledger
from reviewhub.grades.exports.workbooks import write_workbook

FAULTY = 1
Write = Callable[[CourseRecord, CsvStyle, IO[bytes]], None]


@click.command("export")
@click.argument("course")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["csv", "xlsx", "moodle", "json"]),
    required=True,
    help="csv, xlsx: the gradebook; moodle: the list its gradebook imports; json: every line.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write; - writes to standard output.",
)
@click.option("--now", "as_it_stands", is_flag=True, help="The decisions as they stand now, not as last released.")
@click.option("--separator", type=click.Choice(list(SEPARATORS)), default="comma", help="Between the columns of a CSV.")
@click.option("--decimal", type=click.Choice(list(DECIMALS)), default="point", help="The decimal sign of a CSV.")
@click.option("--excel", is_flag=True, help="Start a CSV with the mark by which Excel knows UTF-8.")
@click.pass_obj
def export(
    config_file: object,
    course: str,
    kind: str,
    output: Path,
    *,
    as_it_stands: bool,
    separator: str,
    decimal: str,
    excel: bool,
) -> None:
    """Write the grades of COURSE to a file."""
    ground = open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, course)
        record = record_now(session, row, ground.clock()) if as_it_stands else record_released(session, row)
    style = CsvStyle(separator=SEPARATORS[separator], decimal=DECIMALS[decimal], mark=excel)
    if str(output) == "-":
        screen = sys.stdout.buffer
        _WRITERS[kind](record, style, screen)
        screen.flush()
        return
    _write(output, lambda file: _WRITERS[kind](record, style, file))
    click.echo(f"{output}: {record.title}, {record.term}; {record.said}; {len(record.students)} students.")


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(file: Path) -> None:
    """Check a ledger FILE (JSON) alone: every sum is made again, and the digest taken again. Exit code 1 on a fault."""
    told = verify_ledger(file.read_bytes())
    which = f"release {told.release}" if told.release else "not released"
    click.echo(f"{told.course}; {which}; {told.lines} lines in {told.sheets} sums.")
    click.echo(f"Digest {told.digest}")
    for fault in told.faults:
        click.echo(f"  {fault}")
    if told.faults:
        click.echo("The file does not agree with itself: something in it was changed.")
        sys.exit(FAULTY)
    click.echo("Every sum and the digest agree.")


def _write(output: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """Write the whole file or none: a broken export never stands where a good one was."""
    try:
        with NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}-", delete=False) as file:
            kept = Path(file.name)
            try:
                fill(file)
            except BaseException:
                kept.unlink()
                raise
        kept.chmod(0o600)
        kept.replace(output)
    except OSError as fault:
        raise BadInput(f"{output} cannot be written: {fault.strerror}.") from fault


def _pieces(pieces: Iterable[bytes], file: IO[bytes]) -> None:
    file.writelines(pieces)


_WRITERS: dict[str, Write] = {
    "csv": lambda record, style, file: _pieces(csv_pieces(gradebook(record), style), file),
    "moodle": lambda record, style, file: _pieces(csv_pieces(moodle_list(record), style), file),
    "json": lambda record, _style, file: _pieces(ledger_pieces(record), file),
    "xlsx": lambda record, _style, file: write_workbook(file, workbook_grids(record), title=record.title),
}
