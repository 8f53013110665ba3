"""The invented course of the journey: its people, its dates, and what its groups push."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Istanbul")
SLUG = "ceng796"


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment in the winter of 2026, by the clock on the course's wall."""
    year = 2026 if month > 6 else 2027
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


INSTRUCTOR = ("Deniz Aksoy", "deniz.aksoy@staff.example.org")
DEVELOPER = ("Ada Çelik", "ada.celik@student.example.org")
REVIEWER = ("Cem Işık", "cem.isik@student.example.org")
SECOND_REVIEWER = ("Defne Öz", "defne.oz@student.example.org")
OUTSIDER = ("Emre Ak", "emre.ak@student.example.org")
# As ODTUClass exports it: Turkish headers, semicolons, a mark at the beginning; one row of it cannot be used.
ROSTER = (
    "\ufeffÖğrenci No;Adı Soyadı;E-posta adresi;Grup\r\n"
    "9900001;Ada Çelik;ada.celik@student.example.org;\r\n"
    "9900002;Bora Şahin;bora.sahin@student.example.org;\r\n"
    "9900003;Cem Işık;cem.isik@student.example.org;Flow Group\r\n"
    "9900004;Defne Öz;defne.oz@student.example.org;Bottleneck\r\n"
    "9900005;Emre Ak;emre.ak@student.example.org;Raster\r\n"
    "9900006;Nobody There;not an address;\r\n"
)

MODEL = '''"""The critic and the generator of attentive WGAN (Section 3.2)."""

import math


def critic_loss(real: float, fake: float) -> float:
    """Equation 2 of the paper."""
    return fake - real


def penalty(norms: list[float], weight: float = 10.0) -> float:
    """Equation 3: the gradient penalty."""
    return weight * sum((norm - 1) for norm in norms) / len(norms)


def attention(scores: list[float]) -> list[float]:
    """Equation 5: softmax over positions."""
    powers = [math.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]
'''
MENDED_MODEL = MODEL.replace("sum((norm - 1) for norm in norms)", "sum((norm - 1) ** 2 for norm in norms)")
WRONG_LINE = 13
TABLE = (
    "<table border='1' class='dataframe'><thead><tr><th></th><th>FID</th><th>IS</th></tr></thead>"
    "<tbody><tr><th>paper</th><td>12.1</td><td>8.4</td></tr><tr><th>ours</th><td>11.9</td><td>8.6</td></tr></tbody></table>"
)


def notebook(measured: str) -> str:
    """A small notebook that was run: an equation, a log, a table of results."""
    return json.dumps(
        {
            "cells": [
                _markdown(
                    "intro",
                    "# Attentive WGAN\n\nThe critic maximises $\\mathbb{E}[D(x)] - \\mathbb{E}[D(\\tilde x)]$ (Eq. 2).",
                ),
                _code("train", "from model import critic_loss\nprint(critic_loss(0.9, 0.2))", 1, _printed("-0.7\n")),
                _markdown("results", "## Results beside the paper's"),
                _code("table", f"frame = evaluate({measured})\nframe", 2, _table()),
            ],
            "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )


def _markdown(cell_id: str, text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(cell_id: str, text: str, count: int, output: dict[str, object]) -> dict[str, object]:
    lines = text.splitlines(keepends=True)
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {},
        "execution_count": count,
        "source": lines,
        "outputs": [output],
    }


def _printed(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def _table() -> dict[str, object]:
    data = {"text/html": [TABLE], "text/plain": ["       FID   IS"]}
    return {"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": data}


def _info(title: str, members: str) -> str:
    paper = {"title": title, "venue": "ICML", "year": 2023, "paper_authors": "A. Author", "group_members": members}
    return json.dumps(paper, ensure_ascii=False)


def _project(key: str, title: str, members: str) -> dict[str, str]:
    return {
        f"{key}/README.md": f"# {title}\n\nWe re-implement the paper. Goal: the numbers of its Table 1.\n",
        f"{key}/info.json": _info(title, members),
        f"{key}/main.ipynb": notebook("training_set"),
        f"{key}/model.py": MODEL,
    }


FIRST_FILES = {
    "README.md": "# The projects of the class\n",
    **_project("AWGAN", "Attentive WGAN", "Ada Çelik, Bora Şahin"),
    **_project("TinyFlow", "Tiny normalising flows", "Cem Işık"),
    **_project("MiniVAE", "A minimal VAE", "Defne Öz"),
    **_project("PixelNet", "Pixel by pixel", "Emre Ak"),
}
ON_TIME_FILES = {"AWGAN/README.md": FIRST_FILES["AWGAN/README.md"] + "\nRun `main.ipynb` from top to bottom.\n"}
LATE_FILES = {"AWGAN/notes.txt": "One more run.\n"}
VERSION_2_FILES = {"AWGAN/main.ipynb": notebook("test_set")}
