r"""Notebooks of the samples: a readable script in, the bytes of an `.ipynb` file out.

A script (`papers/<key>/*.nb`) is a list of blocks, each begun by a line `%% <kind>`. `notebook` (TOML: how the file is
written) comes first; `md` and `code [execution count]` are cells; every other block is an output of the cell above:

    stream [stderr]   text; `\e` stands for the escape character, `\r` for a carriage return
    result, latex     text of an expression's value; LaTeX of a displayed formula
    table             comma-separated values, shown as pandas shows a frame (first column is the index)
    plot, svg         a figure of `figures.py` in TOML, as PNG or as SVG
    error             first line `Name: message`, then the traceback
    bar, flood        a tqdm progress bar; an over-long log (TOML)
    widget            an ipywidgets view whose state was not saved, as Colab leaves it
    html, chart       rich HTML; an interactive chart with a script (TOML: title, names, values)
"""

import base64
import csv
import hashlib
import json
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import nbformat

from reviewhub.demonstration.figures import draw_figure
from reviewhub.demonstration.vectors import draw_svg

# An output is nested JSON of every type; nbformat itself gives it no narrower name.
Output = dict[str, Any]

_MARKER = re.compile(r"^%% (\w+) ?(.*)$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of a script: its kind, the words after the kind, and its text."""

    kind: str
    words: str
    text: str


def read_blocks(script: str) -> tuple[Block, ...]:
    """Return the blocks of a script; `ValueError` where it does not begin with one."""
    blocks: list[Block] = []
    kind, words, lines = "", "", list[str]()
    for line in [*script.splitlines(), "%% end"]:
        found = _MARKER.match(line)
        if not found:
            lines.append(line)
            continue
        if kind:
            blocks.append(Block(kind=kind, words=words, text="\n".join(lines).strip("\n")))
        elif any(lines):
            raise ValueError(script[:60])
        kind, words, lines = found[1], found[2], []
    return tuple(blocks)


def script_cells(script: str) -> tuple[Block, ...]:
    """Return only the cells of a script, in the order of the notebook."""
    return tuple(block for block in read_blocks(script) if block.kind in {"md", "code"})


def write_notebook(script: str, *, bare: bool = False, broken: bool = False) -> bytes:
    """Return the notebook of a script: without outputs (`bare`), or cut off in the middle of its JSON (`broken`)."""
    head, *blocks = read_blocks(script)
    setting: dict[str, Any] = tomllib.loads(head.text)
    cells: list[Output] = []
    for block in blocks:
        if block.kind in {"md", "code"}:
            cells.append(_cell(block, bare=bare))
        elif not bare:
            cells[-1]["outputs"].append(_OUTPUTS[block.kind](block))
    for cell in cells:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "execute_result":
                output["execution_count"] = cell["execution_count"]
    notebook = {
        "cells": cells,
        "metadata": _metadata(setting),
        "nbformat": 4,
        "nbformat_minor": setting.get("minor", 5),
    }
    _name_cells(cells, setting.get("ids", "nbformat"))
    if setting.get("format", 4) == 3:  # noqa: PLR2004  the format's own number
        notebook = _as_version_3(notebook)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    encoded = text.encode()
    return encoded[: len(encoded) * 3 // 5] if broken else encoded


def _cell(block: Block, *, bare: bool) -> Output:
    if block.kind == "md":
        return {"cell_type": "markdown", "metadata": {}, "source": _lines(block.text)}
    count = int(block.words) if block.words and not bare else None
    return {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": [], "source": _lines(block.text)}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _name_cells(cells: list[Output], kind: str) -> None:
    taken: set[str] = set()
    for cell in cells:
        first = next(iter(cell["source"]), "").strip()
        name = next(
            name
            for turn in range(99)
            if (name := hashlib.sha256(f"{cell['cell_type']}{first}{turn}".encode()).hexdigest()[:12]) not in taken
        )
        taken.add(name)
        if kind == "nbformat":
            cell["id"] = name[:8]
        elif kind == "colab":
            cell["metadata"]["id"] = base64.urlsafe_b64encode(name.encode())[:12].decode()


def _metadata(setting: dict[str, Any]) -> Output:
    metadata: Output = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {
            "codemirror_mode": {"name": "ipython", "version": 3},
            "file_extension": ".py",
            "mimetype": "text/x-python",
            "name": "python",
            "nbconvert_exporter": "python",
            "pygments_lexer": "ipython3",
            "version": "3.11.6",
        },
    }
    if setting.get("colab"):
        metadata["accelerator"] = "GPU"
        metadata["colab"] = {"gpuType": "T4", "provenance": [], "toc_visible": True}
    if setting.get("widgets"):
        # Colab writes the widgets without the `state` layer that nbformat asks for.
        metadata["widgets"] = {
            "application/vnd.jupyter.widget-state+json": {
                _model_id("saved"): {
                    "model_module": "@jupyter-widgets/controls",
                    "model_module_version": "1.5.0",
                    "model_name": "HBoxModel",
                    "state": {"_dom_classes": [], "_model_name": "HBoxModel", "children": [], "layout": "IPY_MODEL_0"},
                }
            }
        }
    return metadata


def _as_version_3(notebook: Output) -> Output:
    older = nbformat.v4.downgrade(nbformat.v4.reads_json(json.dumps(notebook)))  # type: ignore[no-untyped-call]
    plain: Output = json.loads(nbformat.v3.writes_json(older))  # type: ignore[no-untyped-call]
    for name in ("orig_nbformat", "orig_nbformat_minor", "kernelspec", "language_info"):
        plain["metadata"].pop(name, None)
    plain["metadata"]["name"] = ""
    return plain


def _shown(bundle: dict[str, Any], metadata: Output | None = None) -> Output:
    return {"data": bundle, "metadata": metadata or {}, "output_type": "display_data"}


def _stream(block: Block) -> Output:
    text = block.text.replace("\\e", "\x1b").replace("\\r", "\r")
    return {"name": block.words or "stdout", "output_type": "stream", "text": _lines(text + "\n")}


def _result(block: Block) -> Output:
    return {
        "data": {"text/plain": _lines(block.text)},
        "execution_count": None,
        "metadata": {},
        "output_type": "execute_result",
    }


def _latex(block: Block) -> Output:
    return _shown({"text/latex": _lines(block.text), "text/plain": ["<IPython.core.display.Latex object>"]})


def _table(block: Block) -> Output:
    names, *rows = csv.reader(block.text.splitlines())
    head = "".join(f"      <th>{escape(name)}</th>\n" for name in names)
    body = "".join(
        "    <tr>\n"
        f"      <th>{escape(row[0])}</th>\n"
        + "".join(f"      <td>{escape(value)}</td>\n" for value in row[1:])
        + "    </tr>\n"
        for row in rows
    )
    style = "<style scoped>\n    .dataframe tbody tr th {\n        vertical-align: top;\n    }\n</style>\n"
    html = (
        f'<div>\n{style}<table border="1" class="dataframe">\n  <thead>\n    <tr style="text-align: right;">\n{head}'
        f"    </tr>\n  </thead>\n  <tbody>\n{body}  </tbody>\n</table>\n</div>"
    )
    widths = [max(len(row[at]) for row in (names, *rows)) for at in range(len(names))]
    plain = "\n".join(
        row[0].ljust(widths[0])
        + "".join("  " + value.rjust(width) for value, width in zip(row[1:], widths[1:], strict=True))
        for row in (names, *rows)
    )
    result = _result(block)
    result["data"] = {"text/html": _lines(html), "text/plain": _lines(plain)}
    return result


def _plot(block: Block) -> Output:
    picture = base64.encodebytes(draw_figure(block.text)).decode()
    size = "640x480" if not block.words else block.words
    return _shown({"image/png": picture, "text/plain": [f"<Figure size {size} with 1 Axes>"]})


def _svg(block: Block) -> Output:
    return _shown({"image/svg+xml": _lines(draw_svg(block.text)), "text/plain": ["<Figure size 640x360 with 1 Axes>"]})


def _error(block: Block) -> Output:
    first, *rest = block.text.replace("\\e", "\x1b").split("\n")
    name, _, message = first.partition(": ")
    line = "\x1b[0;31m" + "-" * 75 + "\x1b[0m"
    end = f"\x1b[0;31m{name}\x1b[0m: {message}"
    trace = "\n".join(rest)
    return {
        "ename": name,
        "evalue": message,
        "output_type": "error",
        "traceback": [
            line,
            f"\x1b[0;31m{name}\x1b[0m{'Traceback (most recent call last)'.rjust(75 - len(name))}",
            trace,
            end,
        ],
    }


def _bar(block: Block) -> Output:
    """Write what tqdm leaves in a notebook: every state of the bar, parted by carriage returns."""
    bar = tomllib.loads(block.text)
    total, name, seconds = bar["total"], bar["name"], bar["seconds"]
    states = []
    for step in range(41):
        done, gone = total * step // 40, seconds * step / 40
        filled, rest = divmod(step * 10 / 40, 1)
        cells = "█" * int(filled) + (" ▏▎▍▌▋▊▉"[int(rest * 8)] if step < 40 else "")  # noqa: PLR2004  forty states
        left = seconds - gone
        states.append(
            f"{name}: {step * 100 // 40:3d}%|{cells.ljust(10)}| {done}/{total} "
            f"[{_clock(gone)}<{_clock(left)}, {total / seconds:5.2f}it/s, {bar['shown']}={_falling(bar, step):.4f}]"
        )
    return {"name": "stderr", "output_type": "stream", "text": ["\r" + "\r".join(states) + "\n"]}


def _falling(bar: dict[str, Any], step: int) -> float:
    return float(bar["end"] + (bar["start"] - bar["end"]) * 0.9**step)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def _flood(block: Block) -> Output:
    """Write the log of a loop that printed every batch: megabytes nobody will read."""
    flood = tomllib.loads(block.text)
    chance = random.Random(flood["lines"])
    lines = [
        f"epoch {at // 1875:3d} batch {at % 1875:4d}/1875"
        f" | {flood['name']} {flood['end'] + flood['fall'] / (1 + at / 900):.5f}"
        f" | grad norm {chance.uniform(0.4, 1.9):.5f} | lr {3e-4:.6f}\n"
        for at in range(flood["lines"])
    ]
    return {"name": "stdout", "output_type": "stream", "text": lines}


def _model_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _widget(block: Block) -> Output:
    view = {"model_id": _model_id(block.text), "version_major": 2, "version_minor": 0}
    return _shown({"application/vnd.jupyter.widget-view+json": view, "text/plain": [block.text]})


def _html(block: Block) -> Output:
    return _shown({"text/html": _lines(block.text), "text/plain": ["<IPython.core.display.HTML object>"]})


def _chart(block: Block) -> Output:
    """Write an interactive bar chart: HTML with a script of its own, as plotting packages for the browser leave it."""
    chart = tomllib.loads(block.text)
    rows = json.dumps(
        [{"name": name, "value": value} for name, value in zip(chart["names"], chart["values"], strict=True)]
    )
    name = f"chart-{_model_id(chart['title'])[:8]}"
    html = f"""<div id="{name}" class="interactive-chart" style="font:14px sans-serif;max-width:640px">
<p><b>{escape(chart["title"])}</b> <span class="picked" style="color:#666">point at a bar</span></p>
<svg width="640" height="280" role="img"></svg>
</div>
<script type="text/javascript">
(function () {{
  var rows = {rows};
  var box = document.getElementById("{name}");
  var svg = box.querySelector("svg"), picked = box.querySelector(".picked");
  var top = Math.max.apply(null, rows.map(function (row) {{ return row.value; }}));
  rows.forEach(function (row, at) {{
    var bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    var width = 600 / rows.length, height = 230 * row.value / top;
    bar.setAttribute("x", 20 + at * width); bar.setAttribute("y", 240 - height);
    bar.setAttribute("width", width - 6); bar.setAttribute("height", height);
    bar.setAttribute("fill", "#1f77b4");
    bar.addEventListener("mouseenter", function () {{
      bar.setAttribute("fill", "#ff7f0e"); picked.textContent = row.name + ": " + row.value;
    }});
    bar.addEventListener("mouseleave", function () {{ bar.setAttribute("fill", "#1f77b4"); }});
    svg.appendChild(bar);
    var label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    label.setAttribute("x", 20 + at * width + width / 2 - 3); label.setAttribute("y", 258);
    label.setAttribute("text-anchor", "middle"); label.setAttribute("font-size", "11");
    label.textContent = row.name; svg.appendChild(label);
  }});
}})();
</script>"""
    return _shown({"text/html": _lines(html), "text/plain": [f"<chart with {len(chart['names'])} bars>"]})


_OUTPUTS: dict[str, Callable[[Block], Output]] = {
    "stream": _stream,
    "result": _result,
    "latex": _latex,
    "table": _table,
    "plot": _plot,
    "svg": _svg,
    "error": _error,
    "bar": _bar,
    "flood": _flood,
    "widget": _widget,
    "html": _html,
    "chart": _chart,
}
