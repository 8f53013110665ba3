"""About how much work a notebook is, told before any of it is done."""

from reviewhub.notebooks.cells import Cell, CellKind, Notebook
from reviewhub.notebooks.markdown import MOST_MARKDOWN
from reviewhub.notebooks.printed import MOST_TEXT
from reviewhub.notebooks.sanitizing import MOST_HTML
from reviewhub.notebooks.saved_outputs import MOST_OUTPUTS, text_of

_MARKED_UP = (("text/html", MOST_HTML), ("text/markdown", MOST_MARKDOWN))


def characters_to_render(notebook: Notebook) -> int:
    """How many characters are to be coloured, parsed or sanitised; what is above a cap is not, and costs nothing."""
    return sum(_characters_of(cell) for cell in notebook.cells)


def _characters_of(cell: Cell) -> int:
    count = len(cell.source) if cell.kind is not CellKind.MARKDOWN else _below(len(cell.source), MOST_MARKDOWN)
    for output in cell.outputs[:MOST_OUTPUTS]:
        count += min(sum(len(part.text) for part in output.parts) + len(output.text), MOST_TEXT)
        count += sum(_below(len(text_of(output.media.get(name))), cap) for name, cap in _MARKED_UP)
    return count


def _below(length: int, cap: int) -> int:
    return length if length <= cap else 0
