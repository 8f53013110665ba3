"""The tree of version 1's files on the desk: folders that fold, what was viewed, how many findings stand where."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from reviewhub.github.objects import Entry, Kind
from reviewhub.projects.addresses import address_of, shown
from reviewhub.projects.reading import OpenVersion
from reviewhub.reviews.viewing import Viewed

FIRST_OPENED = ("main.ipynb", "demo.ipynb", "README.md", "readme.md")
GOALS = ("goals.txt", "goals.md", "goals")
_CODE = ("py", "ipynb", "r", "jl", "c", "cc", "cpp", "cu", "h", "hpp", "java", "js", "ts", "rs", "go", "sh", "m", "lua")
_TEXT = ("md", "txt", "rst", "toml", "yaml", "yml", "json", "cfg", "ini")


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeFile:
    """A file's row. `note` says what it is where it is no plain file."""

    path: str
    name: str
    blob: str
    is_notebook: bool
    note: str
    findings: int
    is_viewed: bool


@dataclass(kw_only=True, slots=True)
class TreeFolder:
    """A folder with what is in it: files first, so that the notebook is never pushed out of sight."""

    name: str = ""
    files: list[TreeFile] = field(default_factory=list)
    folders: dict[str, "TreeFolder"] = field(default_factory=dict)

    def all_files(self) -> Iterator[TreeFile]:
        """Every file in the order of the page."""
        yield from self.files
        for folder in self.folders.values():
            yield from folder.all_files()


def read_tree(version: OpenVersion, *, marks: Mapping[str, int], viewed: Viewed) -> TreeFolder:
    """The tree of what the reader may see. `marks`: path → findings there."""
    return tree_of(version.listing().entries, marks=marks, viewed=viewed)


def tree_of(entries: Iterable[Entry], *, marks: Mapping[str, int], viewed: Viewed | None = None) -> TreeFolder:
    """The tree of some files."""
    viewed = viewed or Viewed()
    root = TreeFolder()
    for entry in sorted(entries, key=lambda one: _order(one.path)):
        folder = root
        for part in entry.path.split("/")[:-1]:
            folder = folder.folders.setdefault(part, TreeFolder(name=shown(part)))
        folder.files.append(_file(entry, marks, viewed))
    return root


def _file(entry: Entry, marks: Mapping[str, int], viewed: Viewed) -> TreeFile:
    path = address_of(entry.path)
    return TreeFile(
        path=path,
        name=shown(entry.name),
        blob=entry.oid,
        is_notebook=entry.name.lower().endswith(".ipynb"),
        note="" if entry.kind is Kind.FILE else entry.kind.value,
        findings=marks.get(path, 0),
        is_viewed=entry.oid in viewed.ticked,
    )


def first_path(paths: list[str]) -> str:
    """The file a reader wants to see first: the notebook, else the README, else the first."""
    for wanted in FIRST_OPENED:
        if wanted in paths:
            return wanted
    return next((path for path in paths if path.endswith(".ipynb")), paths[0] if paths else "")


def goals_path(paths: list[str]) -> str:
    """The file of the project's folder that states its goals, or nothing."""
    by_name = {path.lower(): path for path in paths}
    return next((by_name[name] for name in GOALS if name in by_name), "")


@lru_cache(maxsize=4000)
def _order(path: str) -> tuple[tuple[int, int, str], ...]:
    """Files of a folder come before its folders; of the files notebooks, then code, then texts, each by name."""
    *folders, name = path.split("/")
    return (*((1, 0, part.casefold()) for part in folders), (0, _rank(name), name.casefold()))


def _rank(name: str) -> int:
    ending = name.rpartition(".")[2].lower()
    return 0 if ending == "ipynb" else 1 if ending in _CODE else 2 if ending in _TEXT else 3
