"""A list that somebody sends: as a file, pasted, or back from the page that showed what it would change."""

from dataclasses import dataclass

from flask import request

from reviewhub.errors import BadInput, Problem
from reviewhub.grades.entering import Source
from reviewhub.grades.mark_tables import FILE_NAME_LENGTH
from reviewhub.grades.mark_text import LARGEST_FILE, ListTable, read_table, table_from_text
from reviewhub.storage import new_id


@dataclass(frozen=True, kw_only=True)
class SentList:
    """The list as a table, with where it comes from."""

    table: ListTable
    source: Source
    read_as: str


def sent_list() -> SentList:
    """Read what was sent. A file is read anew; a page that was looked at sends its table back, and its key."""
    file = request.files.get("list")
    if file is not None and file.filename:
        table = read_table(file.read(LARGEST_FILE + 1))
        return SentList(table=table, source=_fresh(_name(file.filename), table.digest), read_as=table.read_as)
    if kept := request.form.get("table", ""):
        source = Source(
            form_key=request.form.get("form_key", "")[:32],
            file_name=_name(request.form.get("file_name", "")),
            digest=request.form.get("digest", "")[:64],
        )
        read_as = request.form.get("read_as", "")[:200]
        return SentList(table=table_from_text(kept), source=source, read_as=read_as)
    table = read_table(request.form.get("text", "").encode())
    return SentList(table=table, source=_fresh("pasted list", table.digest), read_as=table.read_as)


def faults_of(fault: BadInput) -> tuple[Problem, ...]:
    """What to tell of a refusal: its single faults, or its sentence where it has none."""
    return fault.problems or (Problem(place="", what=fault.message),)


def _fresh(name: str, digest: str) -> Source:
    return Source(form_key=new_id(), file_name=name, digest=digest)


def _name(given: str) -> str:
    """The file's own name, without folders and signs that cannot be shown."""
    last = given.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:FILE_NAME_LENGTH]
