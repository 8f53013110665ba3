"""The checks a developer can act on: the rule on values, hostile texts included, and over a real repository."""

import time

import pytest

from reviewhub.projects.checks import Check, CheckedBook, CheckedFile, Folder, State, check_folder, check_own_folder
from reviewhub.projects.inspecting import inspect_tree
from reviewhub.projects.lookup import objects_of
from tests.projects.worlds import EARLY, NOTEBOOK, World, minutes

USUAL = (
    "README.md",
    "goals.txt",
    "LICENSE",
    "info.yaml",
    "main.ipynb",
    "net/model.py",
    "net/loss.py",
    "figures/a b.png",
)


BOOKS = (CheckedBook(path="main.ipynb"),)


def folder(*more: str, books=BOOKS, without=(), texts=None, sources=None, **parts) -> Folder:
    paths = [path for path in (*USUAL, *more) if path not in without]
    files = tuple(CheckedFile(path=path, size=10) for path in paths)
    return Folder(files=files, books=tuple(books), texts=texts or {}, sources=sources or {}, **parts)


def faults(checked: Folder) -> list[tuple[str, str]]:
    return [(one.name, one.sentence) for one in check_folder(checked, limit_mb=50) if one.state is not State.GOOD]


def test_sound_folder_passes_every_check_and_says_so() -> None:
    checked = folder(
        texts={"README.md": "# A\n![f](figures/a%20b.png) [code](net/model.py#L3) [web](https://x.org) [top](#a)"},
        sources={"net/model.py": "import torch, os\nfrom .loss import x\nfrom net.loss import y\n"},
        requirements="torch==2.1\n",
    )
    assert [(one.name, one.state) for one in check_folder(checked, limit_mb=50)] == [
        (name, State.GOOD)
        for name in (
            "notebook",
            "run in order",
            "no errors",
            "README",
            "goals",
            "licence",
            "info file",
            "links and images",
            "imports",
            "size",
        )
    ]


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (folder(books=()), [("notebook", "There is no notebook (a file ending in .ipynb).")]),
        (
            folder(books=[CheckedBook(path="main.ipynb", refused="This file is empty.")]),
            [("notebook", "main.ipynb cannot be opened: This file is empty.")],
        ),
        (
            folder(books=[CheckedBook(path="main.ipynb", running=("2 of 3 code cells were not run: cell 1.",))]),
            [("run in order", "main.ipynb: 2 of 3 code cells were not run: cell 1.")],
        ),
        (
            folder(books=[CheckedBook(path="main.ipynb", failed_cells=(3, 9))]),
            [("no errors", "main.ipynb ends with an error in cell 3 and cell 9.")],
        ),
        (folder(without=["README.md"]), [("README", "There is no README: say what was built and how to run it.")]),
        (
            folder(without=["goals.txt"]),
            [("goals", "There is no goals.txt: state the qualitative and quantitative goals from the paper.")],
        ),
        (folder(without=["goals.txt"], texts={"README.md": "# A\n## 1.2 Our goals\n"}), []),
        (folder(without=["LICENSE"]), [("licence", "There is no LICENSE file: without one nobody may use the code.")]),
        (
            folder(without=["info.yaml"]),
            [("info file", "There is no info.yaml or info.json: name the paper and the group's members.")],
        ),
        (
            folder(
                texts={"README.md": '![x](fig.png) <img src="../B/x.png"> `![code](no.png)` ![m](attachment:x.png)'}
            ),
            [
                ("links and images", "README.md points to fig.png, which is not in the folder."),
                ("links and images", "README.md points to ../B/x.png, which leads out of the project's folder."),
            ],
        ),
        (
            folder(books=[CheckedBook(path="main.ipynb", texts=("![](results/curve.png)",))]),
            [("links and images", "main.ipynb points to results/curve.png, which is not in the folder.")],
        ),
        (
            folder(sources={"net/model.py": "from ..data import x\nfrom .nothing import y\nimport utils as u\n"}),
            [
                ("imports", "net/model.py imports ..data, which is not in the folder."),
                ("imports", "net/model.py imports .nothing, which is not in the folder."),
                ("imports", "net/model.py imports utils, which is neither in the folder nor in its requirements."),
            ],
        ),
        (
            folder(books=[CheckedBook(path="main.ipynb", sources=("!pip install -q utils\nimport utils, numpy\n",))]),
            [("requirements", "No requirements.txt names numpy, so nobody can tell which version was used.")],
        ),
        (folder(sources={"a.py": '"""Reads from the import of data.\nimport the data first.\n"""\n'}), []),
        (
            Folder(
                files=(
                    *folder().files,
                    CheckedFile(path="w.pt", size=50_000_001),
                    CheckedFile(path="x.png", missing=True),
                ),
                books=folder().books,
                texts={},
                sources={},
            ),
            [
                ("size", "w.pt is 50 MB; the limit is 50 MB a file."),
                ("missing", "x.png is missing in the repository: push it again."),
            ],
        ),
        (
            Folder(
                files=(*folder().files, CheckedFile(path="sub", kind="submodule")),
                books=folder().books,
                texts={},
                sources={},
            ),
            [("submodule", "sub is a submodule: its files lie in another repository and are no part of the version.")],
        ),
        (
            folder("Net/Model.py", "ﬁg.png", "fig.png"),
            [
                ("names", "net/model.py and Net/Model.py are one and the same name on Windows and macOS."),
                ("names", "ﬁg.png and fig.png are one and the same name on Windows and macOS."),
            ],
        ),
    ],
)
def test_fault_is_told_in_one_sentence(checked: Folder, expected: list[tuple[str, str]]) -> None:
    assert faults(checked) == expected


def test_push_into_another_folder_is_a_fault_of_the_push() -> None:
    assert [one.state for one in check_own_folder(())] == [State.GOOD]
    told = "Commit ccccccc by the group of A changes 2 files of B."
    assert list(check_own_folder([told])) == [Check(name="own folder", state=State.BAD, sentence=told)]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "](" * 100_000,
        "```" * 100_000,
        "`" * 200_001,
        "src='" * 80_000,
        "#" * 300_000,
        "](a" + " " * 300_000,
    ],
)
def test_hostile_text_is_checked_in_no_time(text: str) -> None:
    began = time.monotonic()
    check_folder(
        folder(texts={"README.md": text}, sources={"a.py": text, "b.py": "import " + "a, " * 90_000}), limit_mb=50
    )
    assert time.monotonic() - began < 30


def test_folder_of_a_real_push_is_checked(sqlite_world: World) -> None:
    broken = NOTEBOOK.replace('"output_type": "stream", "text": ["42\\n"]', '"output_type": "error", "ename": "E", "evalue": "", "traceback": []').replace('"name": "stdout",', "")  # fmt: skip
    commit = sqlite_world.shared.receive(
        {
            "AWGAN/main.ipynb": broken,
            "AWGAN/bad.ipynb": "{",
            "AWGAN/README.md": "# A\n![](no.png)\n",
            "AWGAN/x\n.py": "import no\n",
        },
        at=EARLY + minutes(1),
    )
    sqlite_world.confirm(EARLY + minutes(2))
    objects = objects_of(sqlite_world.settings.mirrors, sqlite_world.course())
    tree = objects.folder_tree(commit, "AWGAN") or ""

    found = [(one.name, one.path) for one in inspect_tree(objects, tree, limit_mb=50) if one.state is State.BAD]

    assert found == [
        ("notebook", "bad.ipynb"),
        ("no errors", "main.ipynb"),
        ("goals", ""),
        ("licence", ""),
        ("links and images", "README.md"),
        ("imports", "x\\n.py"),
    ]
