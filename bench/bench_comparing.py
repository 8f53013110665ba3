"""Version 1 against version 2 of notebooks: ours beside nbdime, on the same pairs in the same run.

Speed on pairs of versions: successive revisions in the history of the repositories below `corpus`, revised copies of
their notebooks, or generated ones. Truth by simulated revisions of the same notebooks' cells (see `revising`).
"""

import json
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.anchor_truth import Tallies, cells_truth, files_truth
from bench.bench_notebooks import _notebooks_below
from bench.nbdime_peer import LONGEST_SECONDS, Nbdime
from bench.notebook_corpus import make_corpus
from bench.revising import EDITS, Revision, Sketch, first_version, generated_version, revise, without_ids
from bench.rows import Row
from reviewhub.notebooks import NotebookRefused, read_notebook
from reviewhub.notebooks.alignment import align_cells
from reviewhub.notebooks.comparing import compare_notebooks
from reviewhub.notebooks.line_pairs import match_lines
from tests.notebooks.builders import as_base64, code, display, markdown, notebook, png, stream

Pair = tuple[str, bytes, bytes]
REVISIONS = 60
TRUTH_EDITS = 2000


def run(corpus: Path | None = None) -> list[Row]:
    """Measure on the notebooks below `corpus` and their history, or on generated ones."""
    notebooks = _notebooks_below(corpus) if corpus else make_corpus(12)
    pairs = [*_history(corpus), *_revised_files(notebooks)] if corpus else _revised_files(notebooks)
    with Nbdime() as peer:
        rows = [Row(name="pairs of versions", ours=len(pairs), unit="", ratio="peer: nbdime, warm, diff_notebooks")]
        rows += _speed(pairs, peer)
        rows += _speed_of_large(peer)
        rows += _truth(_first_versions(notebooks if corpus else []), peer)
    rows += _anchors()
    return rows


# ---- pairs


def _history(corpus: Path | None) -> list[Pair]:
    """Each notebook before and after each commit that changed it."""
    heads = sorted(corpus.rglob("HEAD")) if corpus else []
    return [pair for head in heads if (head.parent / "objects").is_dir() for pair in _history_of(head.parent)]


def _history_of(repository: Path) -> Iterator[Pair]:
    git = ["git", "-C", str(repository)]
    command = [
        *git,
        "log",
        "--all",
        "--raw",
        "--no-renames",
        "--no-abbrev",
        "--format=",
        "--diff-filter=M",
        "--",
        "*.ipynb",
    ]
    log = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    for line in log.splitlines():
        described, _, path = line.partition("\t")
        blobs = [
            subprocess.run([*git, "cat-file", "blob", oid], capture_output=True, check=False)
            for oid in described.split()[2:4]
        ]
        if len(blobs) == 2 and all(blob.returncode == 0 for blob in blobs):
            yield path, blobs[0].stdout, blobs[1].stdout


def _revised_files(notebooks: Sequence[tuple[str, bytes]]) -> list[Pair]:
    """Each notebook beside itself, two cells in five edited in the file, a third of the outputs run again."""
    pairs = []
    for name, raw in notebooks:
        try:
            content = json.loads(raw)
            assert isinstance(content["cells"], list)
        except (ValueError, KeyError, AssertionError):
            continue
        pairs.append((name, raw, json.dumps(_revised_content(content, random.Random(name))).encode()))
    return pairs


def _revised_content(content: dict[str, list[dict[str, object]]], chance: random.Random) -> dict[str, object]:
    cells: list[dict[str, object]] = []
    for cell in content["cells"]:
        source = cell.get("source")
        lines = ("".join(source) if isinstance(source, list) else str(source)).splitlines(keepends=True)
        act = chance.random()
        if act < 0.3 and lines:
            lines[chance.randrange(len(lines))] = f"changed = {chance.randrange(1000)}\n"
        elif act < 0.35:
            continue
        elif act < 0.4:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": "One more remark."})
        cells.append({**cell, "source": lines})
        if chance.random() < 0.3 and isinstance(cell.get("outputs"), list):
            outputs = json.loads(json.dumps(cell["outputs"]).replace("0.4", "0.3"))
            cells[-1] |= {"outputs": outputs, "execution_count": chance.randrange(1, 300)}
    return {**content, "cells": cells}


# ---- speed


def _speed(pairs: Sequence[Pair], peer: Nbdime) -> list[Row]:
    ours, theirs, unfinished = [], [], 0
    for _, old, new in pairs:
        try:
            seconds = _seconds(old, new)
        except NotebookRefused:
            continue
        ours.append(seconds)
        answer = peer.compare(old, new)
        unfinished += answer is None
        theirs.append(answer.seconds if answer else float(LONGEST_SECONDS))
    return [
        _compared("cells and outputs, median", ours, theirs, 0.5),
        _compared("cells and outputs, 95th percentile (asked: 10)", ours, theirs, 0.95),
        _compared("cells and outputs, most", ours, theirs, 1),
        Row(name=f"pairs not compared within {LONGEST_SECONDS} s", ours=0, peer=unfinished, unit=""),
    ]


def _seconds(old: bytes, new: bytes) -> float:
    """The best of three: parsing apart, for the page parses for its own sake; nbdime gets parsed ones too."""
    before, after = read_notebook(old), read_notebook(new)
    took = []
    for _ in range(3):
        started = time.perf_counter()
        compare_notebooks(before, after)
        took.append(time.perf_counter() - started)
    return min(took)


def _compared(name: str, ours: list[float], theirs: list[float], share: float) -> Row:
    own, other = (sorted(times)[int(share * (len(times) - 1))] for times in (ours, theirs))
    return Row(name=name, ours=own * 1000, peer=other * 1000, unit="ms", ratio=f"{other / own:,.0f} × faster")


def _speed_of_large(peer: Nbdime) -> list[Row]:
    """The shape of the one real version 2 that nbdime did not finish in half an hour: 240 outputs became 1,371."""
    old, new = _many_outputs(240), _many_outputs(1371)
    seconds = _seconds(old, new)
    answer = peer.compare(old, new)
    other = answer.seconds if answer else float(LONGEST_SECONDS)
    ratio = f"{other / seconds:,.0f} × faster" if answer else f"nbdime stopped after {LONGEST_SECONDS} s"
    name = "240 outputs to 1,371 (asked: 300)"
    return [Row(name=name, ours=seconds * 1000, peer=other * 1000, unit="ms", ratio=ratio)]


def _many_outputs(count: int) -> bytes:
    chance = random.Random(count)
    cells = []
    for index in range(36):
        outputs = []
        for number in range(count // 12 if index % 3 == 1 else 0):
            if number % 2:
                picture = png(64, 64, seed=chance.randrange(1 << 30), noise=20_000)
                outputs.append(
                    display({"image/png": as_base64(picture), "text/plain": "<Figure size 640x480 with 1 Axes>"})
                )
            else:
                outputs.append(
                    stream(f"epoch {number}: loss {chance.random():.4f}, {chance.random() * 9:.2f}s/it\n" * 8)
                )
        source = f"for epoch in range({index}):\n    train({index}, {count})\n    show({index})"
        cells.append(code(source, *outputs, cell_id=None))
    return notebook(cells, minor=4)


# ---- truth


def _first_versions(notebooks: Sequence[tuple[str, bytes]]) -> list[tuple[Sketch, ...]]:
    """The cells of real notebooks; of generated ones where there are none."""
    chance = random.Random(41)
    found = []
    for _, raw in notebooks:
        try:
            cells = read_notebook(raw).cells
        except NotebookRefused:
            continue
        found.append(first_version([(cell.kind.value, cell.source) for cell in cells], chance))
    return [one for one in found if len(one) > 3] or [generated_version(chance) for _ in range(REVISIONS)]


def _truth(versions: Sequence[tuple[Sketch, ...]], peer: Nbdime) -> list[Row]:
    chance = random.Random(42)
    revisions = [revise(old, 0.4, chance) for old in versions]
    rows = _map_rows("cell map, 40 % revised", revisions, peer, asked=" (asked: 99.5)")
    rows += _map_rows(
        "cell map, 40 % revised, ids hidden", [without_ids(one) for one in revisions], peer, asked=" (asked: 98)"
    )
    for kind in EDITS:
        hidden = [without_ids(revise(old, 0.3, chance, [kind])) for old in versions]
        rows.append(_map_rows(f"cell map, ids hidden: {kind}", hidden, peer)[0])
    return rows


def _map_rows(name: str, revisions: Sequence[Revision], peer: Nbdime, asked: str = "") -> list[Row]:
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    our_lines: Counter[str] = Counter()
    their_lines: Counter[str] = Counter()
    for revision in revisions:
        found = {match.old: match.new for match in align_cells(revision.old, revision.new)}
        ours += _judge_cells(revision, found)
        lines = {row: _line_map(revision.old[row].source, revision.new[column].source) for row, column in found.items()}
        our_lines += _judge_lines(revision, found, lines)
        answer = peer.compare(_as_file(revision.old), _as_file(revision.new))
        cells = answer.cells if answer else {}
        theirs += _judge_cells(revision, cells)
        their_lines += _judge_lines(revision, cells, answer.lines if answer else {})
    return [
        _share(f"{name}: right{asked}", ours, theirs, "right"),
        _share(f"{name}: wrong", ours, theirs, "wrong"),
        _share(f"{name}: lines right", our_lines, their_lines, "right"),
    ]


def _judge_cells(revision: Revision, found: dict[int, int]) -> Counter[str]:
    """Right where found in its place, or not found and deleted, or joined to one that was found there."""
    verdicts: Counter[str] = Counter()
    places = set(found.values())
    for index in range(len(revision.old)):
        wanted, got = revision.cells_of(index), found.get(index)
        if got is None:
            is_joined = any(len(revision.new[place].was) > 1 and place in places for place in wanted)
            verdicts["right" if not wanted or is_joined else "missed"] += 1
        else:
            verdicts["right" if got in wanted else "wrong"] += 1
    return verdicts


def _judge_lines(revision: Revision, cells: dict[int, int], lines: dict[int, dict[int, int]]) -> Counter[str]:
    """Lines that stand unedited, by what their cell and then the difference of its sources says."""
    verdicts: Counter[str] = Counter()
    for (cell, line), (place, number, is_edited) in revision.places_of_lines().items():
        if not is_edited and revision.old[cell].lines[line].text.strip():
            got = (
                (cells[cell], lines.get(cell, {}).get(line, line if cell not in lines else -1))
                if cell in cells
                else None
            )
            verdicts["right" if got == (place, number) else "wrong"] += 1
    return verdicts


def _line_map(old: str, new: str) -> dict[int, int]:
    return {match.old: match.new for match in match_lines(old.split("\n"), new.split("\n")).matches}


def _as_file(cells: Sequence[Sketch]) -> bytes:
    saved = []
    for cell in cells:
        outputs = [stream(output) for output in cell.outputs]
        made = code(cell.source, *outputs, cell_id=None) if cell.kind == "code" else markdown(cell.source, cell_id=None)
        saved.append(made | ({"id": cell.cell_id} if cell.cell_id else {}))
    return notebook(saved, minor=5 if cells and cells[0].cell_id else 4)


def _share(name: str, ours: Counter[str], theirs: Counter[str], verdict: str) -> Row:
    own, other = (100 * one[verdict] / max(1, one.total()) for one in (ours, theirs))
    return Row(name=name, ours=own, peer=other, unit="%", ratio=f"{ours.total():,} judged")


# ---- anchors


def _anchors() -> list[Row]:
    rows: list[Row] = []
    for words, ids in (("", True), (", ids hidden", False)):
        cells, lines = cells_truth(TRUTH_EDITS, 43, ids=ids)
        rows += _tally_rows(f"anchors of cells{words}", cells, " (asked: 95)")
        rows += _tally_rows(f"anchors of lines in cells{words}", lines, " (asked: 98)")
    return rows + _tally_rows("anchors of lines in files", files_truth(TRUTH_EDITS, 43), " (asked: 98)")


def _tally_rows(name: str, tallies: Tallies, asked: str) -> list[Row]:
    """Right or honestly gone, in all and per kind of edit."""
    whole: Counter[str] = Counter()
    for tally in tallies.values():
        whole += tally.counts
    rows = [_tally_row(f"{name}, right or honestly gone{asked}", whole)]
    return rows + [_tally_row(f"  {kind}", tally.counts) for kind, tally in tallies.items()]


def _tally_row(name: str, counts: Counter[str]) -> Row:
    share = 100 * (counts["right"] + counts["gone"]) / max(1, counts.total())
    said = ", ".join(f"{counts[word]:,} {word}" for word in ("right", "gone", "wrong", "lost"))
    return Row(name=name, ours=share, unit="%", ratio=said)
