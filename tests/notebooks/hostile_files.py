"""Files of a project in which every rendered field holds a vector."""

from collections.abc import Sequence

from tests.notebooks.builders import (
    Json,
    as_base64,
    code,
    display,
    error,
    markdown,
    notebook,
    png,
    raw_cell,
    stream,
)
from tests.notebooks.vectors import FAMILIES, UNSETTLING, armed

# Ends whatever an unfinished vector has opened, so that the next one starts afresh.
CLOSER = (
    "'\">--></script></style></title></textarea></xmp></noscript></noembed></noframes></iframe></svg></math></select>"
    "</template></button></form></table></a></object></video></audio></marquee></details></dialog>"
)
_MEDIA = (
    "text/html",
    "text/plain",
    "text/markdown",
    "text/latex",
    "image/svg+xml",
    "image/png",
    "application/json",
    "application/javascript",
    "application/vnd.jupyter.widget-view+json",
)
# A browser slows down pages that start very much at once, so what is not sanitised comes in smaller portions.
FEW, MANY = 60, 20


def numbered() -> list[str]:
    """Every vector that leaves the rest of a page alone; a vector's number is its place here."""
    return [vector for family in FAMILIES.values() for vector in family]


def every_vector() -> list[str]:
    """All of them by number."""
    return [*numbered(), *UNSETTLING]


def cells_with(text: str) -> list[Json]:
    """Cells that hold the text in every field a page shows."""
    sized = {"image/png": {"width": text, "height": text}, text: text}
    return [
        markdown(text, attachments={text: {text: text}, "x": {"image/png": text}}, cell_id=text),
        markdown(
            f"## {text}\n\n[x]({text}) ![x]({text}) ![x](attachment:x) [{text}](a.md) ![{text}](a.png '{text}')\n\n"
            f"<{text}>\n\n| {text} | x |\n|--|--|\n| {text} | y |\n\n- {text}\n\n> {text}",
            cell_id=None,
        ),
        markdown(f"${text}$ and\n\n$$\n{text}\n$$\n\n\\begin{{align}}{text}\\end{{align}}", cell_id=None),
        raw_cell(text) | {"metadata": {"id": text, "name": text, "raw_mimetype": text}},
        code(
            text,
            stream(text),
            stream(text, "stderr"),
            error(text, text, [text]),
            error(text, text),
            *(display({media_type: text}) for media_type in _MEDIA),
            display({"image/png": as_base64(png()), "text/plain": text}, **sized),
            display({"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' width='40000'>{text}</svg>"}),
            display({text: text}),
            display({"application/json": {text: [text]}}),
            {"output_type": text, "data": {text: text}},
            cell_id=None,
            count=text,
            metadata={"id": text, "collapsed": text, "colab": {"base_uri": text}},
        ),
    ]


def book_of(texts: Sequence[str]) -> bytes:
    """A notebook with all of them, also in what it says about itself."""
    metadata: Json = {
        "language_info": {"name": texts[0], "version": texts[0], "file_extension": texts[0]},
        "kernelspec": {"name": texts[0], "display_name": texts[0], "language": texts[0]},
        "colab": {"name": texts[0]},
        "title": texts[0],
        "widgets": {texts[0]: texts[0]},
    }
    return notebook([cell for text in texts for cell in cells_with(text)], minor=4, metadata=metadata)


def unsanitized_books(host: str) -> dict[str, bytes]:
    """Each vector where a sanitiser stands in its way, followed by what ends it; what cannot be ended stands alone."""
    texts = [armed(vector, number, host=host) for number, vector in enumerate(every_vector())]
    cells = [[markdown(text), code("x", display({"text/html": f"x {text}"}))] for text in texts]
    closed = [[_closed(cell) for cell in pair] for pair in cells[: len(numbered())]]
    books = {
        f"closed-{first}.ipynb": notebook([cell for pair in closed[first : first + MANY] for cell in pair], minor=4)
        for first in range(0, len(closed), MANY)
    }
    for number in range(len(closed), len(cells)):
        books[f"alone-{number}.ipynb"] = notebook(cells[number], minor=4)
    return books


def hostile_books(host: str) -> dict[str, bytes]:
    """Every vector as it is in every field."""
    texts = [armed(vector, number, host=host) for number, vector in enumerate(every_vector())]
    return {f"book-{first}.ipynb": book_of(texts[first : first + FEW]) for first in range(0, len(texts), FEW)}


def hostile_texts(host: str) -> dict[str, bytes]:
    """The same in every other kind of file a page shows, and in names of files; nothing is closed."""
    texts = [armed(vector, number, host=host) for number, vector in enumerate(every_vector())]
    lines = _encoded("\n".join(texts))
    quoted = [text.replace('"', '""') for text in texts]
    cells = "\n".join(f'{text},"{inside}"' for text, inside in zip(texts, quoted, strict=True))
    files = {
        "hostile.py": lines,
        "hostile.html": lines,
        "hostile.js": lines,
        "hostile.json": b"[" + lines + b"]",
        "hostile.toml": lines,
        "hostile.txt": lines,
        "hostile.csv": _encoded(f"a,b\n{cells}"),
        "hostile.tsv": _encoded(cells.replace(",", "\t")),
        "hostile.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='ran(1)'><script>ran(1)</script></svg>",
        "hostile.png": b"\x89PNG\r\n\x1a\n" + lines,
        "README.md": _encoded("\n\n".join(texts[::4])),
        "broken.ipynb": b"{" + lines,
    }
    for part in range(4):
        files[f"hostile-{part}.md"] = _encoded("\n\n".join(texts[part::4]))
    for text in texts:
        if name := text.replace("/", "\\").replace("\x00", "").strip():
            files[f"{name.encode('utf-8', 'replace').decode()[:60]}.py"] = b"x = 1\n"
    return files


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _closed(cell: Json) -> Json:
    if cell["cell_type"] == "markdown":
        return cell | {"source": f"{cell['source']}{CLOSER}"}
    shown = cell["outputs"][0]
    return cell | {"outputs": [display({"text/html": shown["data"]["text/html"] + CLOSER})]}
