"""What a developer can mend before the deadline: plain checks of a project's folder, each with a sentence.

Pure: the folder's files, notebooks and texts come in as values, and nothing of theirs is ever run. A check is help,
never a point: what cannot be told for certain is a remark.
"""

import posixpath
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

MEGABYTE = 1_000_000
NAMED = 4


class State(StrEnum):
    """How a check came out."""

    GOOD = "good"
    BAD = "bad"
    REMARK = "remark"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check: its state, a sentence, and the file to look at where there is one."""

    name: str
    state: State
    sentence: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """A name of the folder: kind is file, link or submodule."""

    path: str
    kind: str = "file"
    size: int | None = None
    missing: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckedBook:
    """A notebook: why it cannot be opened, or how it was run, where it failed, and its cells' texts and sources."""

    path: str
    refused: str = ""
    running: tuple[str, ...] = ()
    failed_cells: tuple[int, ...] = ()
    """Counted from 1."""
    texts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Everything a check looks at. `texts` are Markdown files and `sources` Python files, by path."""

    files: tuple[CheckedFile, ...]
    books: tuple[CheckedBook, ...]
    texts: Mapping[str, str]
    sources: Mapping[str, str]
    unread: tuple[str, ...] = ()
    """Folders that cannot be read, "" being the project's own."""
    is_cut: bool = False
    """There are more files than anybody looks at."""
    requirements: str = ""
    """The text of requirements.txt, pyproject.toml and their like."""


def check_folder(folder: Folder, *, limit_mb: int) -> tuple[Check, ...]:
    """Every check of a folder, in the order they are best mended."""
    return (
        *_holes(folder),
        *_notebooks(folder.books, folder.files),
        *_papers(folder),
        *_addresses(folder),
        *_imports(folder),
        *_sizes(folder.files, limit_mb),
        *_names(folder.files),
    )


def _holes(folder: Folder) -> Iterator[Check]:
    for path in folder.unread[:20]:
        what = f"The folder {path}" if path else "The project's folder"
        yield _bad("readable", f"{what} cannot be read: it is missing or damaged in the repository, or too deep.", path)
    if folder.is_cut:
        yield _bad("readable", f"There are more than {len(folder.files):,} files; the others are not looked at.")


def _notebooks(books: Sequence[CheckedBook], files: Sequence[CheckedFile]) -> Iterator[Check]:
    if not books:
        if not any(file.missing and file.path.lower().endswith(".ipynb") for file in files):
            yield _bad("notebook", "There is no notebook (a file ending in .ipynb).")
        return
    broken = [book for book in books if book.refused]
    yield from (_bad("notebook", f"{book.path} cannot be opened: {book.refused}", book.path) for book in broken)
    if not broken:
        yield _good("notebook", f"{_count(len(books), 'notebook')}: {_listed([book.path for book in books])}.")
    opened = [book for book in books if not book.refused]
    idle = [(book, sentence) for book in opened for sentence in book.running]
    yield from (_bad("run in order", f"{book.path}: {sentence}", book.path) for book, sentence in idle)
    failed = [book for book in opened if book.failed_cells]
    for book in failed:
        cells = _listed([f"cell {cell}" for cell in book.failed_cells])
        yield _bad("no errors", f"{book.path} ends with an error in {cells}.", book.path)
    if opened and not idle:
        yield _good("run in order", "Every code cell was run, from top to bottom.")
    if opened and not failed:
        yield _good("no errors", "No cell ends with an error.")


def _papers(folder: Folder) -> Iterator[Check]:
    top = {file.path.lower(): file.path for file in folder.files if "/" not in file.path and file.kind == "file"}

    def find(*stems: str) -> str | None:
        return next((path for name, path in top.items() if name.partition(".")[0] in stems), None)

    readme = find("readme")
    yield _present("README", readme, "There is no README: say what was built and how to run it.")
    told = readme is not None and re.search(
        r"^#+ .*\bgoals?\b", folder.texts.get(readme, ""), re.IGNORECASE | re.MULTILINE
    )
    goals = find("goals") or (readme if told else None)
    yield _present(
        "goals", goals, "There is no goals.txt: state the qualitative and quantitative goals from the paper."
    )
    licence = find("license", "licence", "copying")
    yield _present("licence", licence, "There is no LICENSE file: without one nobody may use the code.")
    info = next((path for name, path in top.items() if name in {"info.json", "info.yaml", "info.yml"}), None)
    yield _present("info file", info, "There is no info.yaml or info.json: name the paper and the group's members.")


def _present(name: str, path: str | None, lacking: str) -> Check:
    return _good(name, f"{path} is there.", path) if path is not None else _bad(name, lacking)


# addresses in Markdown ---------------------------------------------------------------------------------------------

_TARGETS = re.compile(r"\]\(\s*<?([^)>\s]{1,1000})|\b(?:src|href)\s*=\s*[\"']([^\"'\n]{1,1000})[\"']", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#|data:)", re.IGNORECASE)
_FENCES = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


def _addresses(folder: Folder) -> Iterator[Check]:
    there = {unicodedata.normalize("NFC", path) for path in _with_folders(file.path for file in folder.files)}
    texts = [*folder.texts.items(), *((book.path, text) for book in folder.books for text in book.texts)]
    broken: dict[tuple[str, str], str] = {}
    count = 0
    for path, text in texts:
        for target in _relative_targets(text):
            count += 1
            found = _inside(path.rpartition("/")[0], target)
            if found is None:
                broken[path, target] = f"{path} points to {target}, which leads out of the project's folder."
            elif found not in {"", "."} and unicodedata.normalize("NFC", found) not in there:
                broken[path, target] = f"{path} points to {target}, which is not in the folder."
    yield from (_bad("links and images", sentence, path) for (path, _), sentence in list(broken.items())[:20])
    if not broken and count:
        yield _good("links and images", f"All {_count(count, 'link')} to files of the folder lead somewhere.")


def _relative_targets(text: str) -> Iterator[str]:
    for match in _TARGETS.finditer(_FENCES.sub("", text)):
        target = (match.group(1) or match.group(2)).strip()
        if target and not _SCHEME.match(target) and not target.startswith("{"):
            yield target


def _inside(folder: str, target: str) -> str | None:
    plain = unquote(target.partition("#")[0].partition("?")[0])
    joined = posixpath.normpath(plain.lstrip("/") if plain.startswith("/") else posixpath.join(folder, plain))
    return None if joined == ".." or joined.startswith("../") else joined


def _with_folders(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        yield path
        above = path.rpartition("/")[0]
        while above:
            yield above
            above = above.rpartition("/")[0]


# imports -----------------------------------------------------------------------------------------------------------

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*[A-Za-z_][\w.]*|\.+)[ \t]+import\b"
    r"|import[ \t]+([A-Za-z_][\w., \t]*?)[ \t]*(?:\#.*|;.*)?$)",
    re.MULTILINE,
)
_INSTALLED = re.compile(r"^[ \t]*[!%]?[ \t]*(?:pip3?|conda|uv|mamba)[ \t].*install[ \t](.*)$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z0-9_.-]+")
# The name one imports, where the package one installs is called otherwise.
_PACKAGES = {
    "OpenGL": "pyopengl",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv",
    "dateutil": "python-dateutil",
    "git": "gitpython",
    "mpl_toolkits": "matplotlib",
    "pl_bolts": "lightning-bolts",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "tensorflow_datasets": "tensorflow",
    "yaml": "pyyaml",
}
# Packages of the trade that are no files of the group, whether or not they are named as a requirement.
_TRADE = """
    IPython accelerate albumentations apex clip cupy dgl diffusers einops faiss fire fvcore gdown google gym gymnasium
    h5py huggingface_hub hydra imageio imgaug ipywidgets jax joblib jupyter keras kornia librosa lightning lmdb lpips
    matplotlib monai moviepy networkx nltk notebook numba numpy omegaconf onnx open_clip pandas piq pkg_resources plotly
    psutil pycocotools pytest pytorch_fid pytorch_lightning pytorch_msssim ray requests safetensors scipy seaborn
    sentencepiece setuptools simplejson spacy sympy tabulate tensorboard tensorboardX tensorflow termcolor tf_keras tfx
    timm tokenizers torch torch_fidelity torch_geometric torchaudio torchinfo torchmetrics torchsummary torchtext
    torchvision tqdm transformers trimesh triton wandb xformers
"""
_KNOWN = frozenset((*_PACKAGES, *_TRADE.split()))


def _imports(folder: Folder) -> Iterator[Check]:
    own = {name for file in folder.files for name in _module_names(file.path)}
    sources = [*folder.sources.items(), *((book.path, one) for book in folder.books for one in book.sources)]
    installed = _installed(folder.requirements, (source for _, source in sources))
    lost: dict[str, str] = {}
    unnamed: set[str] = set()
    for path, source in sources:
        for name in _imported(source):
            top = name.partition(".")[0]
            if name.startswith("."):
                if not path.endswith(".ipynb") and not _relative_is_there(name, path, folder.files):
                    lost[f"{path} imports {name}, which is not in the folder."] = path
            elif top in own or top in sys.stdlib_module_names or _plain(_PACKAGES.get(top, top)) in installed:
                continue
            elif top in _KNOWN:
                unnamed.add(top)
            else:
                lost[f"{path} imports {top}, which is neither in the folder nor in its requirements."] = path
    yield from (_bad("imports", sentence, path) for sentence, path in list(lost.items())[:20])
    if unnamed:
        named = _listed(sorted(unnamed, key=str.casefold))
        yield _remark("requirements", f"No requirements.txt names {named}, so nobody can tell which version was used.")
    if sources and not lost:
        yield _good("imports", "Every import is in the folder, in its requirements, or well known.")


def _imported(source: str) -> Iterator[str]:
    for match in _IMPORT.finditer(source):
        if match.group(1):
            yield match.group(1)
            continue
        for part in match.group(2).split(","):
            words = part.split()
            if len(words) == 1 or (len(words) == 3 and words[1] == "as"):  # noqa: PLR2004 - "name as other"
                yield words[0]


def _module_names(path: str) -> Iterator[str]:
    """The names under which a file of the folder may be imported: its own, and those of the folders it lies in."""
    if path.endswith((".py", ".pyx", ".so", ".cu")):
        *folders, name = path.split("/")
        yield from folders
        yield name.partition(".")[0]


def _relative_is_there(name: str, path: str, files: Sequence[CheckedFile]) -> bool:
    rest = name.lstrip(".")
    folders = path.split("/")[:-1]
    up = len(name) - len(rest) - 1
    if up > len(folders):
        return False
    base = "/".join([*folders[: len(folders) - up], *filter(None, rest.split("."))])
    return not rest or any(file.path == f"{base}.py" or file.path.startswith(f"{base}/") for file in files)


def _installed(requirements: str, sources: Iterable[str]) -> set[str]:
    lines = [requirements, *(line for source in sources for line in _INSTALLED.findall(source))]
    words = {_plain(word) for line in lines for word in _WORD.findall(line)}
    return words | {word.partition("-")[0] for word in words if word.startswith(("opencv-", "faiss-", "google-"))}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# sizes and names ---------------------------------------------------------------------------------------------------


def _sizes(files: Sequence[CheckedFile], limit_mb: int) -> Iterator[Check]:
    large = [file for file in files if (file.size or 0) > limit_mb * MEGABYTE]
    for file in large:
        size = f"{(file.size or 0) / MEGABYTE:.0f} MB"
        yield _bad("size", f"{file.path} is {size}; the limit is {limit_mb} MB a file.", file.path)
    for file in files:
        if file.missing:
            yield _bad("missing", f"{file.path} is missing in the repository: push it again.", file.path)
        elif file.kind == "submodule":
            yield _bad(
                "submodule",
                f"{file.path} is a submodule: its files lie in another repository and are no part of the version.",
                file.path,
            )
    if not large:
        yield _good("size", f"No file is larger than {limit_mb} MB.")


def _names(files: Sequence[CheckedFile]) -> Iterator[Check]:
    folded: dict[str, list[str]] = {}
    for file in files:
        folded.setdefault(unicodedata.normalize("NFKC", file.path).casefold(), []).append(file.path)
    for same in folded.values():
        if len(same) > 1:
            yield _bad("names", f"{_listed(same)} are one and the same name on Windows and macOS.", same[0])


def check_own_folder(foreign: Sequence[str]) -> Iterator[Check]:
    """Whether a push stayed at home; `foreign` is what it did in other groups' folders, as sentences."""
    yield from (_bad("own folder", sentence) for sentence in foreign)
    if not foreign:
        yield _good("own folder", "The push stayed in the project's own folder.")


def _good(name: str, sentence: str, path: str = "") -> Check:
    return Check(name=name, state=State.GOOD, sentence=sentence, path=path)


def _bad(name: str, sentence: str, path: str = "") -> Check:
    return Check(name=name, state=State.BAD, sentence=sentence, path=path)


def _remark(name: str, sentence: str, path: str = "") -> Check:
    return Check(name=name, state=State.REMARK, sentence=sentence, path=path)


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
