"""The list of findings on the desk: which of them are shown, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewhub.reviews.kinds import Severity
from reviewhub.reviews.places import Place
from reviewhub.reviews.submitted import SubmittedFinding


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowing:
    """What a reader wants to see; "" means all."""

    kind: str = ""
    severity: str = ""
    path: str = ""
    words: str = ""
    order: str = "number"

    @property
    def is_on(self) -> bool:
        """Whether anything is left out or sorted anew."""
        return self != Narrowing()


def is_wanted(finding: SubmittedFinding, narrowing: Narrowing) -> bool:
    """Whether the finding is one of those asked for; all the words typed stand in its text, in any order."""
    paths = {anchor.place.path for anchor in finding.anchors}
    text = finding.text.casefold()
    return (
        narrowing.kind in ("", finding.kind)
        and narrowing.severity in ("", finding.severity)
        and (not narrowing.path or narrowing.path in paths)
        and all(word in text for word in narrowing.words.casefold().split())
    )


def order_of(finding: SubmittedFinding, order: str, files: Mapping[str, int]) -> tuple[object, ...]:
    """What findings are sorted by. `files`: path → where the file stands in the tree; the whole project comes first."""
    if order == "severity":
        return (list(Severity).index(Severity(finding.severity)), finding.number)
    if order == "place":
        place = finding.anchors[0].place if finding.anchors else None
        return (*_order_of_place(place, files), finding.number)
    return (finding.number,)


def _order_of_place(place: Place | None, files: Mapping[str, int]) -> tuple[int, int, int, int]:
    if place is None or not place.path:
        return (-1, 0, 0, 0)
    output = -1 if place.output is None else place.output
    return (files.get(place.path, len(files)), place.cell or 0, output + 1, place.first_line or 0)
