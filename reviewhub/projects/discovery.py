"""Find projects in a folder listing: folders with a notebook, an info file or a README.

Pure: what the folders hold comes in as values, candidates with their reasons go out, and a person confirms them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from reviewhub.projects.info_files import Paper, read_heading, read_info, read_submodules

KEY_LIMIT = 40
FOLDERS_LIMIT = 300
_INFO = ("info.json", "info.yaml", "info.yml")
_NO_KEY = re.compile(r"[^A-Za-z0-9._-]+")


class ListedFile(Protocol):
    """A name of a listing: its path, and whether it is a file, a link or a submodule."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A folder that looks like a project. `reads` are the files that say more about it."""

    folder: str
    reasons: tuple[str, ...]
    reads: tuple[str, ...] = ()
    is_submodule: bool = False


@dataclass(frozen=True, kw_only=True)
class FoundProject:
    """A candidate with what its files say."""

    key: str
    title: str
    branch: str
    folder: str
    papers: tuple[Paper, ...]
    member_names: tuple[str, ...]
    reasons: tuple[str, ...]
    is_submodule: bool = False
    link: str = ""
    """Where a submodule lives."""


@dataclass
class _Folder:
    infos: list[str]
    notebooks: int = 0
    deep_notebooks: int = 0
    readme: str = ""
    goals: bool = False
    code: int = 0


def find_candidates(files: Iterable[ListedFile], *, below: str = "") -> tuple[Candidate, ...]:
    """The project folders below `below` ("" = the top), in the order of their names.

    A folder is one when it holds an info file, a notebook or a README. A folder that only holds several such folders is
    looked into instead. Submodules directly there count as well. Folders whose name begins with a dot never do.
    """
    listed = [file for file in files if _is_inside(file.path, below) and not _is_hidden(file.path, below)]
    folders = _look_at_folders(listed, below)
    found = [_candidate(name, folder) for name, folder in folders.items() if _is_chosen(name, folders, below)]
    found += [
        Candidate(folder=file.path, reasons=("it is a submodule, which is shown and not followed",), is_submodule=True)
        for file in listed
        if file.kind == "submodule" and _parent(file.path) == below
    ]
    return tuple(sorted(found, key=lambda candidate: candidate.folder))[:FOLDERS_LIMIT]


def find_whole(files: Iterable[ListedFile]) -> Candidate | None:
    """The whole branch as one project, where its top holds an info file or a notebook."""
    top = _look_at_folders([file for file in files if "/" not in file.path], "").get("")
    return _candidate("", top) if top is not None and (top.infos or top.notebooks) else None


def describe(candidate: Candidate, *, branch: str, texts: Mapping[str, str]) -> FoundProject:
    """Say what the candidate's own files tell; `texts` has the text of those of its `reads` that could be read."""
    info = next((read_info(path, texts[path]) for path in candidate.reads if _is_info(path) and path in texts), None)
    readme = next((path for path in candidate.reads if not _is_info(path) and path in texts), None)
    heading = read_heading(texts[readme]) if readme else ""
    papers = info.papers if info else ()
    name = candidate.folder.rpartition("/")[2] or branch.rpartition("/")[2]
    if branch.startswith("refs/pull/") and not candidate.folder:
        name = (info.acronym if info else "") or f"pull-{branch.split('/')[2]}"
    return FoundProject(
        key=make_key(name) or make_key(info.acronym if info else "") or "project",
        title=(papers[0].title if papers else "") or heading or name,
        branch=branch,
        folder=candidate.folder,
        papers=papers,
        member_names=info.members if info else (),
        reasons=candidate.reasons,
        is_submodule=candidate.is_submodule,
        link=read_submodules(texts.get(".gitmodules", "")).get(candidate.folder, ""),
    )


def make_key(name: str) -> str:
    """A project key from a folder name: at most 40 letters, digits, dots, hyphens; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i"))
    ascii_only = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NO_KEY.sub("-", ascii_only).strip("-.")[:KEY_LIMIT].strip("-.")


def make_unique(key: str, taken: Iterable[str]) -> str:
    """The key, with a number where it is already taken (case does not tell keys apart)."""
    folded = {other.casefold() for other in taken}
    return next(
        name
        for number in range(1, 10_000)
        if (name := key if number == 1 else f"{key}-{number}").casefold() not in folded
    )


def _look_at_folders(files: Iterable[ListedFile], below: str) -> dict[str, _Folder]:
    folders: dict[str, _Folder] = {}
    for file in files:
        name = file.path.rpartition("/")[2].lower()
        if file.kind != "file":
            continue
        parent = _parent(file.path)
        folder = folders.setdefault(parent, _Folder(infos=[]))
        if name in _INFO:
            folder.infos.append(file.path)
        elif name.endswith(".ipynb"):
            folder.notebooks += 1
            for above in _above(parent, below):
                folders.setdefault(above, _Folder(infos=[])).deep_notebooks += 1
        elif name.partition(".")[0] == "readme":
            folder.readme = folder.readme or file.path
        elif name == "goals.txt":
            folder.goals = True
        elif name.endswith(".py"):
            folder.code += 1
    return folders


def _is_chosen(name: str, folders: Mapping[str, _Folder], below: str) -> bool:
    """Whether this folder itself is a project, and none above it is."""
    if name == below or not _is_telling(folders[name]):
        return False
    if any(_is_chosen(above, folders, below) for above in _above(name, below) if above in folders):
        return False
    return not _is_container(name, folders)


def _is_telling(folder: _Folder) -> bool:
    return bool(folder.infos or folder.notebooks or folder.readme or folder.deep_notebooks)


def _is_container(name: str, folders: Mapping[str, _Folder]) -> bool:
    """Whether a folder only holds projects: it has no info file or notebook of its own, but several full projects."""
    folder = folders[name]
    if folder.infos or folder.notebooks or folder.goals:
        return False
    children = [other for path, other in folders.items() if _parent(path) == name and path != name]
    full = [child for child in children if child.infos or (child.readme and (child.notebooks or child.deep_notebooks))]
    deeper = any(_is_container(path, folders) for path in folders if _parent(path) == name and path != name)
    return len(full) > 1 or (deeper and not folder.readme)


def _candidate(name: str, folder: _Folder) -> Candidate:
    reasons = [f"it has {PurePosixPath(info).name}" for info in sorted(folder.infos)]
    count = folder.notebooks or folder.deep_notebooks
    if count:
        where = "" if folder.notebooks else " in its folders"
        reasons.append(f"it has {count} notebook{'' if count == 1 else 's'}{where}")
    if folder.goals:
        reasons.append("it has goals.txt")
    if folder.readme:
        reasons.append(f"it has {PurePosixPath(folder.readme).name}")
    reads = tuple(sorted(folder.infos)) + ((folder.readme,) if folder.readme else ())
    return Candidate(folder=name, reasons=tuple(reasons), reads=reads)


def _is_info(path: str) -> bool:
    return path.rpartition("/")[2].lower() in _INFO


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _above(folder: str, below: str) -> Iterable[str]:
    """The folders between `folder` and `below`, nearest first."""
    while folder != below and folder:
        folder = _parent(folder)
        if folder != below and _is_inside(f"{folder}/x", below) and folder:
            yield folder


def _is_inside(path: str, below: str) -> bool:
    return not below or path.startswith(f"{below}/")


def _is_hidden(path: str, below: str) -> bool:
    inner = path[len(below) :].lstrip("/")
    return any(part.startswith(".") for part in inner.split("/")[:-1])
