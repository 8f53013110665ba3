"""Notebooks to safe HTML: ours beside nbconvert's lab template with sanitising, on the same files in the same run."""

import gc
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from bench.memory import peak_megabytes
from bench.notebook_corpus import make_corpus
from bench.rows import Row
from reviewhub.notebooks import (
    Cell,
    ContentRef,
    ContentStore,
    LinkMaker,
    NotebookRefused,
    RenderCache,
    read_notebook,
    render_notebook,
)
from reviewhub.notebooks.highlighting import highlight

Corpus = Sequence[tuple[str, bytes]]


@dataclass(kw_only=True)
class _Times:
    """Seconds per notebook, and bytes of HTML."""

    first: list[float] = field(default_factory=list)
    no_cell_changed: list[float] = field(default_factory=list)
    same_file: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    peer_sizes: list[int] = field(default_factory=list)


class _Links(LinkMaker):
    def content(self, ref: ContentRef) -> str:
        return f"/kept/{ref.sha256}"


def run(corpus: Path | None = None) -> list[Row]:
    """Measure on every notebook below `corpus` (also in bare repositories), or on generated ones.

    Both are warm before the first is timed, and take turns on each notebook, so that whatever else the machine does
    slows both. All notebooks go to one store, as they do in an installation, and none finds anything there.
    """
    notebooks = _notebooks_below(corpus) if corpus else make_corpus()
    times = _take_times(notebooks)
    peer = times.peer
    return [
        Row(name="notebooks", ours=len(notebooks), unit="", ratio="peer: nbconvert lab, sanitize_html"),
        Row(name="of them shown", ours=len(times.first), peer=len(peer), unit=""),
        _compare("first time, median", times.first, peer, statistics.median),
        _compare("first time, 95th percentile", times.first, peer, _most),
        _compare("first time, sum", times.first, peer, sum),
        _compare("no cell changed, median", times.no_cell_changed, peer, statistics.median),
        _compare("no cell changed, 95th percentile", times.no_cell_changed, peer, _most),
        _compare("no cell changed, sum", times.no_cell_changed, peer, sum),
        _compare("same file again, median", times.same_file, peer, statistics.median),
        _compare("same file again, 95th percentile", times.same_file, peer, _most),
        _compare("same file again, sum", times.same_file, peer, sum),
        _compare_sizes(times),
        _compare_memory(notebooks),
        _compare_highlighters(notebooks),
    ]


def _notebooks_below(folder: Path) -> Corpus:
    found = [(str(path.relative_to(folder)), path.read_bytes()) for path in sorted(folder.rglob("*.ipynb"))]
    for head in sorted(folder.rglob("HEAD")):
        if (head.parent / "objects").is_dir() and head.parent.name != ".git":
            found += _notebooks_in(head.parent)
    return found


def _notebooks_in(repository: Path) -> Corpus:
    git = ["git", "-C", str(repository)]
    tree = subprocess.run([*git, "ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True).stdout.decode()
    found = []
    for entry in tree.split("\0"):
        described, _, path = entry.partition("\t")
        if path.endswith(".ipynb"):
            blob = subprocess.run([*git, "cat-file", "blob", described.split()[2]], capture_output=True, check=False)
            if blob.returncode == 0:
                found.append((path, blob.stdout))
    return found


def _take_times(notebooks: Corpus) -> _Times:
    exporter = HTMLExporter(template_name="lab", sanitize_html=True)  # type: ignore[no-untyped-call]
    times = _Times()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _time_ours(notebooks[0], Path(folder) / "warm", _Times())
        _time_peer(notebooks[0], exporter, _Times())
        for named in notebooks:
            gc.collect()
            _time_ours(named, Path(folder) / "store", times)
            gc.collect()
            _time_peer(named, exporter, times)
    return times


def _time_ours(named: tuple[str, bytes], folder: Path, times: _Times) -> None:
    name, raw = named
    cache = RenderCache(ContentStore.at(str(folder)))
    try:
        seconds, size = _show(name, raw, cache)
    except NotebookRefused as refused:
        print(f"  {name}: {refused.message}")
        return
    times.first.append(seconds)
    times.sizes.append(size)
    times.no_cell_changed.append(_show(f"{name}, another blob", raw, cache)[0])
    times.same_file.append(_show(name, raw, cache)[0])


def _show(blob_id: str, raw: bytes, cache: RenderCache) -> tuple[float, int]:
    started = time.perf_counter()
    book = render_notebook(raw, cache=cache, blob_id=blob_id, link=_Links())
    html = "".join(cell.html + cell.numbered({}) + "".join(o.html for o in cell.outputs) for cell in book.cells)
    return time.perf_counter() - started, len(html)


def _render_ours(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _show("", raw, RenderCache(ContentStore.at(folder)))


def _render_with_peer(raw: bytes) -> None:
    _time_peer(("", raw), HTMLExporter(template_name="lab", sanitize_html=True), _Times())  # type: ignore[no-untyped-call]


def _time_peer(named: tuple[str, bytes], exporter: HTMLExporter, times: _Times) -> None:
    started = time.perf_counter()
    try:
        node = nbformat.reads(named[1].decode(), as_version=4)  # type: ignore[no-untyped-call]
        html = exporter.from_notebook_node(node)[0]
    except Exception:  # how many it cannot show is part of the comparison
        return
    times.peer.append(time.perf_counter() - started)
    times.peer_sizes.append(len(html))


def _compare(name: str, ours: list[float], peer: list[float], measure: Callable[[list[float]], float]) -> Row:
    own, other = measure(ours), measure(peer)
    return Row(name=name, ours=own * 1000, peer=other * 1000, unit="ms", ratio=f"{other / own:,.1f} × faster")


def _most(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]


def _compare_sizes(times: _Times) -> Row:
    own, other = statistics.median(times.sizes) / 1024, statistics.median(times.peer_sizes) / 1024
    return Row(name="HTML, median", ours=own, peer=other, unit="KB", ratio=f"{100 * own / other:.1f} % of the bytes")


def _compare_memory(notebooks: Corpus) -> Row:
    """Of a program of its own that renders the largest notebook and nothing else."""
    _, raw = max(notebooks, key=lambda named: len(named[1]))
    own, other = peak_megabytes(_render_ours, raw), peak_megabytes(_render_with_peer, raw)
    name = f"peak memory, largest notebook ({len(raw) / 1e6:.1f} MB)"
    return Row(name=name, ours=own, peer=other, unit="MB", ratio=f"{100 * own / other:.0f} % of the memory")


def _compare_highlighters(notebooks: Corpus) -> Row:
    sources = [cell.source for _, raw in notebooks for cell in _cells(raw) if cell.kind == "code"]
    text = "\n".join(sources)[:500_000]
    started = time.perf_counter()
    highlight(text, "python")
    own = len(text) / (time.perf_counter() - started) / 1e6
    started = time.perf_counter()
    pygments_highlight(text, PythonLexer(), HtmlFormatter())
    other = len(text) / (time.perf_counter() - started) / 1e6
    return Row(
        name="Python coloured", ours=own, peer=other, unit="MB/s", ratio=f"{own / other:.1f} × faster than Pygments"
    )


def _cells(raw: bytes) -> tuple[Cell, ...]:
    try:
        return read_notebook(raw).cells
    except NotebookRefused:
        return ()
