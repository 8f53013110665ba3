"""The labelled set for matching: findings of invented reviewers, and which planted mistake each of them truly is."""

from pathlib import Path
from typing import NamedTuple


class Paraphrase(NamedTuple):
    """One finding of an invented reviewer; `planted` names the mistake it says, "" where it says none of them."""

    project: str
    planted: str
    path: str
    place: str
    severity: str
    text: str


def paraphrases() -> list[Paraphrase]:
    """Every line of `paraphrases.txt`, project by project."""
    found, project = [], ""
    for line in (Path(__file__).parent / "paraphrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            project = line.strip("[]")
        elif line and not line.startswith("#"):
            planted, path, place, severity, text = (part.strip() for part in line.split(" | "))
            found.append(Paraphrase(project, planted, path, place, severity, text))
    return found
