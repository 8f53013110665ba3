"""Which findings of a project likely say the same, by their places; worked out once per set of editions."""

from collections.abc import Iterable, Mapping

from reviewhub.github.recent import Recent
from reviewhub.grades.desk_state import Reported
from reviewhub.grades.matching import Reported as Compared
from reviewhub.grades.matching import Statement, likely_the_same
from reviewhub.grades.spots import spot_of_anchor, spot_of_row

MOST_KEPT = 500
_known: Recent[tuple[str, ...], tuple[tuple[str, ...], ...]] = Recent(MOST_KEPT)


def groups_of(reported: Mapping[str, Reported]) -> tuple[tuple[Reported, ...], ...]:
    """The findings in groups that likely say the same; groups, and findings within one, from the top of the project."""
    key = tuple(sorted({one.edition_id for one in reported.values()}))
    found = _known.get(key)
    if found is None:
        found = likely_the_same(_compared(reported.values()))
        _known.put(key, found)
    groups = [sorted((reported[one] for one in group), key=_order) for group in found]
    return tuple(tuple(group) for group in sorted(groups, key=lambda group: _order(group[0])))


def _compared(reported: Iterable[Reported]) -> Iterable[Compared]:
    for one in reported:
        said = one.said
        places = tuple(anchor.place for anchor in said.anchors)
        statement = Statement(text=said.text, places=places, severity=said.severity, criterion=said.category)
        yield Compared(finding_id=said.finding_id, author=one.assignment_id, said=statement)


def _order(one: Reported) -> tuple[tuple[str, int, int], int, str]:
    spot = spot_of_anchor(one.said.anchors[0]) if one.said.anchors else spot_of_row({})
    return spot.order, one.said.number, one.said.finding_id
