"""Notebooks like those of real courses, made on the spot and the same for the same seed.

Measured on 211 real ones: median 770 KB and 95th percentile 2.3 MB, 86 % of the bytes base64 PNG, median 33 cells,
47 chunks of printed text and 7 rich outputs each, mostly nbformat 4.0 with Colab's ids.
"""

import random
from math import exp, log

from tests.notebooks.builders import (
    Json,
    as_base64,
    code,
    display,
    error,
    markdown,
    notebook,
    pandas_table,
    png,
    result,
    stream,
)

MEDIAN_SIZE = 770_000
SPREAD = log(2_300 / 770) / 1.645  # the 95th percentile of a log-normal distribution
PNG_SHARE = 0.86
MEDIAN_CELLS = 33
MOST_CELLS = 99
# 768 formulas stand in 26 of the 211 notebooks; most text cells are a heading and a sentence.
RICH_TEXT = 0.2

_CODE = '''\
class Generator(nn.Module):
    """Section 3.2 of the paper: a residual generator with {n} blocks."""

    def __init__(self, latent: int = {n}, width: float = 0.{n}) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(latent, 2 ** i) for i in range({n})])  # equation ({n})

    def forward(self, x):
        for block in self.blocks:
            x = block(x) + 0.1 * torch.randn_like(x)
        return torch.tanh(x), f"{{x.shape}} of {n}"
'''
_HEADING = "## {n}. Training\n\nThe generator and the discriminator take turns, as in section {n} of the paper.\n"
_TEXT = """\
## {n}. Training with the loss of *section {n}*

We minimise $\\mathcal{{L}}_{{{n}}} = \\mathbb{{E}}_x[D(x)] - \\lambda \\|\\nabla D\\|_2$ as in [the paper](https://example.org/{n}),
with a batch size of **{n}** instead of 64:

- the `Adam` optimiser, $\\beta_1 = 0.5$;
- no spectral normalisation, see `layers.py`.

| setting | paper | ours |
|---|---|---|
| FID | 12.{n} | 14.{n} |
"""


def make_corpus(count: int = 24, seed: int = 796) -> list[tuple[str, bytes]]:
    """`count` notebooks with their names."""
    return [
        (f"generated-{number:02}.ipynb", make_notebook(random.Random(f"{seed}-{number}"))) for number in range(count)
    ]


def make_notebook(chance: random.Random) -> bytes:
    """One notebook of the distribution."""
    size = int(MEDIAN_SIZE * exp(chance.gauss(0, SPREAD)))
    cell_count = max(3, min(MOST_CELLS, round(MEDIAN_CELLS * exp(chance.gauss(0, 0.6)))))
    pictures = max(1, cell_count // 8)
    bytes_of_picture = int(size * PNG_SHARE * 0.75 / pictures)
    chunks = round(47 * exp(chance.gauss(0, 0.8)))
    cells = []
    for index in range(cell_count):
        if index % 3 == 0:
            text = _TEXT if chance.random() < RICH_TEXT else _HEADING
            cells.append(_with_colab_id(markdown(text.format(n=chance.randrange(10_000)), cell_id=None), chance))
            continue
        outputs: list[Json] = []
        if index % 8 == 1:
            picture = png(640, 480, seed=chance.randrange(1 << 30), noise=bytes_of_picture)
            outputs.append(
                display({"image/png": as_base64(picture), "text/plain": "<Figure size 640x480 with 1 Axes>"})
            )
        if index % 4 == 2:
            lines = max(1, chunks * 4 // cell_count)
            outputs += [stream(f"epoch {n}: loss {chance.random():.4f}, 0.{n}s/it\n") for n in range(lines)]
            outputs.append(stream("\r".join(f"{n:3}%|{'█' * (n // 10)}| {n}/100" for n in range(0, 101, 5)), "stderr"))
        if index % 11 == 5:
            outputs.append(result({"text/html": pandas_table(8), "text/plain": "FID"}))
        if index % 17 == 7:
            frames = [f"\x1b[0;32m---> {n}\x1b[0m \x1b[0mloss\x1b[0m\x1b[0;34m.\x1b[0mbackward()" for n in range(12)]
            outputs.append(error("RuntimeError", "shapes differ", frames))
        source = _CODE.format(n=chance.randrange(1, 10_000)).splitlines(keepends=True)[: chance.randrange(3, 12)]
        cells.append(_with_colab_id(code(source, *outputs, count=index, cell_id=None), chance))
    return notebook(cells, minor=0)


def _with_colab_id(cell: Json, chance: random.Random) -> Json:
    return cell | {"metadata": {"id": f"{chance.getrandbits(60):012x}"}}
