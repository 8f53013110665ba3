"""Notebooks prepared in a child with limits: whatever a cell does, the others are shown and the reason is said."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewhub.notebooks import ContentStore, RenderCache
from reviewhub.notebooks.apart import prepare_apart
from reviewhub.notebooks.caching import renderer_version
from reviewhub.notebooks.child import UPDATED
from reviewhub.notebooks.exports import has_export, kept_export
from reviewhub.notebooks.orders import Ending, Order, Report, Wanted
from tests.notebooks.builders import as_base64, code, display, markdown, notebook, png, result, stream

ROOT = Path(__file__).parent.parent.parent
BLOB = "ab" * 20


@pytest.fixture
def objects(tmp_path: Path) -> str:
    """An object store that another process can write to."""
    return str(tmp_path / "objects")


@pytest.fixture
def prepare(objects: str) -> Callable[..., Report]:
    """Let a child make something of a notebook."""

    def prepare(raw: bytes, *, on_progress=lambda _done, _total: None, **more) -> Report:
        order = Order(
            **{
                "wanted": Wanted.PAGE, "blob_id": BLOB, "objects": objects,
                "renderer": renderer_version(), "size": len(raw),
                "memory_megabytes": 1024, "cell_seconds": 20, "wall_seconds": 120,
            } | more
        )  # fmt: skip
        return prepare_apart(order, [raw[:1000], raw[1000:]], on_progress=on_progress)

    return prepare


def children() -> list[int]:
    """The rendering children of this process."""
    tasks = Path("/proc/self/task").iterdir()
    pids = [pid for task in tasks for pid in (task / "children").read_text().split()]
    return [int(pid) for pid in pids if b"reviewhub.notebooks.child" in command_of(pid)]


def command_of(pid: str) -> bytes:
    """How a process was started; nothing for one that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_prepared_notebook_is_the_one_a_page_renders(prepare, objects: str, show) -> None:
    raw = notebook(
        [markdown("# Results"), code("plot()", stream("42\n"), display({"image/png": as_base64(png())})), code("x = 1")]
    )
    told: list[tuple[int, int]] = []

    report = prepare(raw, on_progress=lambda done, total: told.append((done, total)))

    kept = RenderCache(ContentStore.at(objects)).get_notebook(BLOB)
    here = show(raw)
    assert report == Report(done=3, total=3, ending=Ending.KEPT)
    assert told[:2] == [(0, 3), (1, 3)]
    assert [placed.draft.lines for placed in kept.cells] == [cell.lines for cell in here.cells]
    assert [placed.cell_id for placed in kept.cells] == [cell.cell_id for cell in here.cells]
    assert len(kept.cells[1].draft.outputs) == 2


@pytest.mark.timeout(300)
def test_a_cell_that_hangs_or_breaks_is_shown_as_its_text_and_the_others_go_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.notebooks.watching", str(tmp_path)],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip

    seen = json.loads(done.stdout)
    notes = [re.sub("<[^>]+>", "", html) for html, _, _ in seen["cells"]]
    broken = "This cell needs more than it may have to be rendered; this is its text."
    assert seen["told"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert notes == [
        "",
        "This cell took longer than 5 seconds to render; this is its text.",
        "",
        "",
        "Rendering this cell was ended twice; this is its text.",
        broken,
        "This cell could not be rendered; this is its text.",
        "",
    ]
    assert [outputs for _, outputs, _ in seen["cells"]] == [1, 0, 1, 1, 0, 0, 0, 1]
    assert all("show" in lines for _, _, lines in seen["cells"])


def test_what_takes_too_much_memory_is_refused_with_size_and_reason(prepare, objects: str) -> None:
    # Every empty list of the file is an object of 56 bytes in memory.
    raw = b'{"nbformat":4,"nbformat_minor":4,"cells":[],"metadata":{"x":[' + b"[]," * 8_000_000 + b"0]}}"

    report = prepare(raw, memory_megabytes=400)

    assert report.ending is Ending.MEMORY
    assert report.why == "This notebook (22.9 MB) is not shown: it needs more than the 400 MB of memory it may have."
    assert RenderCache(ContentStore.at(objects)).get_notebook(BLOB) is None


def test_what_takes_too_long_is_ended_with_everything_it_started(prepare) -> None:
    report = prepare(notebook([code()]), wall_seconds=0.01)

    assert report.ending is Ending.TIME
    assert report.why == "This notebook (0.0 MB) is not shown: it takes longer than the 0.01 seconds it may have."
    assert children() == []


def test_what_is_no_notebook_is_refused_in_its_own_words(prepare) -> None:
    report = prepare(b'{"cells": ')

    assert report.ending is Ending.REFUSED
    assert report.why.startswith("This file is not a notebook: its JSON is broken")


def test_a_child_of_another_renderer_refuses(prepare, objects: str) -> None:
    report = prepare(notebook([code()]), renderer="another")

    assert report == Report(ending=Ending.REFUSED, why=UPDATED)
    assert not (Path(objects) / "rendered").exists()


def test_a_killed_child_says_nothing_about_the_notebook_and_keeps_nothing(prepare, objects: str) -> None:
    raw = notebook([code(f"x = {number}", cell_id=None) for number in range(20_000)], minor=4)

    def kill(done: int, _total: int) -> None:
        if done == 3:
            os.kill(children()[0], signal.SIGKILL)

    report = prepare(raw, on_progress=kill)

    assert (report.ending, report.why) == (Ending.KILLED, "")
    assert not (Path(objects) / "rendered").exists()


def test_a_child_ends_soon_after_its_parent_is_killed(tmp_path: Path) -> None:
    raw = tmp_path / "raw.ipynb"
    raw.write_bytes(notebook([code(f"x = {number}", cell_id=None) for number in range(20_000)], minor=4))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(raw), str(tmp_path / "objects")], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    end = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split(")")[1]:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert not (tmp_path / "objects" / "rendered").exists()


PARENT = f"""
import sys
from pathlib import Path
from reviewhub.notebooks.apart import prepare_apart
from reviewhub.notebooks.caching import renderer_version
from reviewhub.notebooks.orders import Order, Wanted
from tests.notebooks.test_apart import children
raw = Path(sys.argv[1]).read_bytes()
order = Order(wanted=Wanted.PAGE, blob_id="{BLOB}", objects=sys.argv[2], renderer=renderer_version(),
              size=len(raw), memory_megabytes=1024, cell_seconds=20, wall_seconds=120)
def told(done, total):
    if done == 3:
        print(children()[0], flush=True)
        sys.stdin.read()
prepare_apart(order, [raw], on_progress=told)
"""


def test_the_child_is_given_none_of_the_installations_secrets(prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWHUB_SECRET", "a secret")
    seen: list[bytes] = []

    prepare(
        notebook([code()]),
        on_progress=lambda _done, _total: seen.extend(Path(f"/proc/{pid}/environ").read_bytes() for pid in children()),
    )

    assert seen
    assert all(b"a secret" not in environment for environment in seen)


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (Wanted.PYTHON, ["# # Results", "print(42)"]),
        (Wanted.MARKDOWN, ["# Results", "print(42)", "data:image/png;base64,"]),
        (Wanted.HTML, ["<h1", "print", "data:image/png;base64,"]),
    ],
)
def test_a_notebook_is_exported_once_for_everybody(prepare, objects: str, wanted: Wanted, held: list[str]) -> None:
    store = ContentStore.at(objects)
    # Colab's half-saved widgets, over which nbconvert itself stumbles.
    widgets = {"widgets": {"application/vnd.jupyter.widget-state+json": {"a": {"model_module": "x"}}}}
    raw = notebook(
        [markdown("# Results"), code("print(42)", display({"image/png": as_base64(png())}))], metadata=widgets
    )
    assert not has_export(store, BLOB, wanted)

    report = prepare(raw, wanted=wanted)

    text = (kept_export(store, BLOB, wanted) or b"").decode()
    assert report.ending is Ending.KEPT
    assert has_export(store, BLOB, wanted)
    assert [piece for piece in held if piece not in text] == []


def test_exported_html_runs_nothing_and_loads_nothing(prepare, objects: str, chromium) -> None:
    evil = "<script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\"><b>kept</b>"
    raw = notebook([markdown(f"# Results\n\n{evil}\n\n$x^2$"), code("show()", result({"text/html": evil}))])
    prepare(raw, wanted=Wanted.HTML)
    file = Path(objects).parent / "opened.html"
    file.write_bytes(kept_export(ContentStore.at(objects), BLOB, Wanted.HTML) or b"")

    context = chromium.new_context()
    page = context.new_page()
    loaded: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")

    assert page.title() != "ran"
    assert "kept" in page.inner_text("body")
    assert [url for url in loaded if not url.startswith(("data:", file.as_uri()))] == []
    context.close()


def test_many_children_at_once_do_not_mix(objects: str) -> None:
    def prepare_one(number: int) -> None:
        raw = notebook([code(f"number = {number}")])
        order = Order(
            wanted=Wanted.PAGE, blob_id=f"{number:040}", objects=objects, renderer=renderer_version(), size=len(raw),
            memory_megabytes=1024, cell_seconds=20, wall_seconds=120,
        )  # fmt: skip
        reports.append(prepare_apart(order, [raw], on_progress=lambda _done, _total: None))

    reports: list[Report] = []
    threads = [threading.Thread(target=prepare_one, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    cache = RenderCache(ContentStore.at(objects))
    sources = [
        re.sub("<[^>]+>", "", cache.get_notebook(f"{number:040}").cells[0].draft.lines[0]) for number in range(3)
    ]
    assert {report.ending for report in reports} == {Ending.KEPT}
    assert sources == ["number = 0", "number = 1", "number = 2"]
