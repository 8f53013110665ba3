"""Run every `bench_*.py` of this folder: a table on the screen, a JSON file in bench/results.

Each module has `run(corpus) -> list[Row]`; `corpus` is a folder with repositories to measure on (checked out or
bare), from `make bench CORPUS=folder` or $REVIEWHUB_BENCH_CORPUS, or None: then a module measures on what it makes.
`make bench ONLY="notebooks pages"` runs these alone.
"""

import json
import os
import platform
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import reviewhub
from bench.rows import Row

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def main(wanted: list[str]) -> int:
    """Run the wanted modules (all of them by default) one after the other; 1 where one failed."""
    corpus = Path(os.environ["REVIEWHUB_BENCH_CORPUS"]) if "REVIEWHUB_BENCH_CORPUS" in os.environ else None
    rows: dict[str, list[Row]] = {}
    failed = False
    for file in sorted(HERE.glob("bench_*.py")):
        name = file.stem.removeprefix("bench_")
        if wanted and name not in wanted:
            continue
        began = time.perf_counter()
        sys.stdout.write(f"{name} …\n")
        sys.stdout.flush()
        try:
            rows[name] = import_module(f"bench.{file.stem}").run(corpus)
        except Exception as fault:
            failed = True
            sys.stdout.write(f"  failed: {type(fault).__name__}: {fault}\n")
            continue
        show(rows[name])
        sys.stdout.write(f"  ({time.perf_counter() - began:.1f} s)\n\n")
    sys.stdout.write(f"Written to {write(rows).relative_to(HERE.parent)}\n")
    return int(failed)


def show(rows: list[Row]) -> None:
    """Print one module's rows."""
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        peer = "" if row.peer is None else f"{row.peer:>14,.2f}"
        sys.stdout.write(f"  {row.name:<{width}} {row.ours:>14,.2f} {peer:>14} {row.unit:<12} {row.ratio}\n")


def write(rows: dict[str, list[Row]]) -> Path:
    """Keep the rows with what they were measured on."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    file = RESULTS / f"{now:%Y%m%d-%H%M%S}.json"
    content = {
        "at": now.isoformat(timespec="seconds"),
        "program": reviewhub.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "rows": {name: [asdict(row) for row in measured] for name, measured in rows.items()},
    }
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
