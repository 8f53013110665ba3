"""The samples under `papers/`: one folder per project, read into frozen values.

`papers/<key>/sample/` holds the files of version 1 as pushed; `papers/<key>/project.toml` the paper, the planted
mistakes with their repairs, other changes, and the pushes. Two kinds of file are stored under another name:
`name.nb` is the script of `name.ipynb` (see `sheets`), and `dot-name` is `.name` (so that our own git ignores it).
"""

import json
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from reviewhub.demonstration.people import GROUPS, group_of, person_of
from reviewhub.demonstration.sheets import write_notebook

COURSE = "course"
KEYS: tuple[str, ...] = tuple(group.project for group in GROUPS)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Paper(_Frozen):
    """Bibliographic facts of the re-implemented paper."""

    acronym: str
    title: str
    authors: tuple[str, ...]
    venue: str
    year: int
    link: str


class Edit(_Frozen):
    """One change of a file: `old` (found once) becomes `new`; without `old`, `new` goes to the end or is the file."""

    path: str
    old: str = ""
    new: str


class Change(_Frozen):
    """A named set of edits that a commit applies."""

    name: str
    edits: tuple[Edit, ...]


class Mistake(_Frozen):
    """A mistake planted in version 1. `quote` is found once in `path`; `fix` is what version 2 has in its place."""

    name: str
    path: str = ""
    quote: str = ""
    kind: Literal["mistake", "missing"] = "mistake"
    severity: Literal["critical", "major", "minor", "trivial"]
    title: str
    text: str
    fix: str | None = None
    also: tuple[Edit, ...] = ()


class CommitPlan(_Frozen):
    """One commit of a push: what it says, and which files of the sample it brings to which stage."""

    message: str
    by: str = ""
    dated: str = ""
    add: tuple[str, ...] = ()
    apply: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    write: dict[str, str] = Field(default_factory=dict)
    append: dict[str, str] = Field(default_factory=dict)
    noise: dict[str, int] = Field(default_factory=dict)
    link: dict[str, str] = Field(default_factory=dict)


class PushPlan(_Frozen):
    """One push: when, by whom, and its commits; or a fork's pull request, its merge, or a rewriting by force."""

    at: str
    by: str
    commit: tuple[CommitPlan, ...] = ()
    pull: int = 0
    merge: int = 0
    forget: str = ""
    title: str = ""


class _Sheet(_Frozen):
    paper: Paper | None = None
    about: Literal["json", "yaml", ""] = "json"
    mistake: tuple[Mistake, ...] = ()
    change: tuple[Change, ...] = ()
    push: tuple[PushPlan, ...] = ()


class Sample(_Frozen):
    """Everything of one project: the paper, its files as stored, and what happens to them."""

    key: str
    paper: Paper | None
    files: dict[str, bytes]
    mistakes: tuple[Mistake, ...]
    edits: dict[str, tuple[Edit, ...]]
    pushes: tuple[PushPlan, ...]

    def source(self, path: str, applied: tuple[str, ...] = ()) -> bytes:
        """Return a file as stored after the named changes, `KeyError` where neither sample nor change has it."""
        body = self.files.get(path)
        for name in applied:
            for edit in self.edits[name]:
                if edit.path == path:
                    body = _edited(body, edit)
        if body is None:
            raise KeyError(path)
        return body

    def content(self, item: str, applied: tuple[str, ...] = ()) -> bytes:
        """Return the bytes of a file as pushed; `item` is a path and perhaps a stage.

        Stages: `bare` and `broken` (notebooks without outputs, cut off), `until <text>` (only what stands above the
        first line that begins with the text).
        """
        path, _, stage = item.partition(" ")
        body = self.source(path, applied)
        if stage.startswith("until "):
            body = _above(body, stage.removeprefix("until "), notebook=path.endswith(".ipynb"))
        if path.endswith(".ipynb") and body.startswith(b"%% notebook"):
            return write_notebook(body.decode(), bare=stage == "bare", broken=stage == "broken")
        return body


def _edited(body: bytes | None, edit: Edit) -> bytes:
    if not edit.old:
        return (body or b"") + edit.new.encode()
    text = (body or b"").decode()
    if text.count(edit.old) != 1:
        message = f"{edit.path} holds {text.count(edit.old)} times: {edit.old}"
        raise ValueError(message)
    return text.replace(edit.old, edit.new).encode()


def _above(body: bytes, start: str, *, notebook: bool) -> bytes:
    lines = body.decode().splitlines(keepends=True)
    end = next((at for at, line in enumerate(lines) if line.startswith(start)), None)
    if end is None:
        raise ValueError(start)
    while notebook and not lines[end].startswith(("%% md", "%% code")):
        end -= 1
    return ("".join(lines[:end]).rstrip("\n") + "\n").encode()


def _walk(folder: Traversable, prefix: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = entry.name
        if name == "__pycache__":
            continue
        shown = "." + name.removeprefix("dot-") if name.startswith("dot-") else name
        if entry.is_dir():
            found |= _walk(entry, f"{prefix}{shown}/")
        else:
            if shown.endswith(".nb"):
                shown = shown.removesuffix(".nb") + ".ipynb"
            found[prefix + shown] = entry.read_bytes().replace(b"\r\n", b"\n")
    return found


def _about(key: str, paper: Paper, form: str) -> dict[str, bytes]:
    """Return the project's `info.json` or `info.yaml`, as the course asks for it."""
    names = [person_of(member).name for member in group_of(key).members]
    facts = {
        "acronym": paper.acronym,
        "title": paper.title,
        "year": paper.year,
        "venue": paper.venue,
        "authors": list(paper.authors),
        "link": paper.link,
        "group": names,
    }
    if form == "json":
        return {"info.json": (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode()}
    lines = [
        f"{name}:\n" + "".join(f"  - {entry}\n" for entry in value)
        if isinstance(value, list)
        else f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in facts.items()
    ]
    return {"info.yaml": "".join(lines).encode()} if form == "yaml" else {}


@cache
def load_sample(key: str) -> Sample:
    """Return one project's sample, or the course's own files for the key `course`."""
    folder = files("reviewhub.demonstration") / "papers" / key
    sheet = _Sheet.model_validate(tomllib.loads((folder / "project.toml").read_text(encoding="utf-8")))
    stored = _walk(folder / "sample")
    if key != COURSE:
        members = ", ".join(person_of(member).name for member in group_of(key).members)
        stored = {path: body.replace(b"@members@", members.encode()) for path, body in stored.items()}
    if sheet.paper:
        stored |= _about(key, sheet.paper, sheet.about)
    edits = {change.name: change.edits for change in sheet.change}
    for mistake in sheet.mistake:
        if mistake.fix is not None:
            own = (Edit(path=mistake.path, old=mistake.quote, new=mistake.fix),) if mistake.quote else ()
            edits[mistake.name] = (*own, *mistake.also)
    return Sample(key=key, paper=sheet.paper, files=stored, mistakes=sheet.mistake, edits=edits, pushes=sheet.push)
