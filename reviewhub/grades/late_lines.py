"""What lateness costs, as lines of a grade. The judgement is `courses.lateness`; here it only becomes lines."""

from datetime import tzinfo

from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.lateness import judge_lateness
from reviewhub.grades.evidence import Arrival
from reviewhub.grades.lines import Citation, LedgerEntry, line, raise_to, total
from reviewhub.grades.penalties import HUNDRED, ZERO
from reviewhub.grades.sentences import say_late, say_late_floor

PART = "late"


def late_lines(
    lines: list[LedgerEntry],
    arrival: Arrival,
    rules: LateRules | None,
    zone: tzinfo,
    cited: Citation,
) -> list[LedgerEntry]:
    """The cost of an arrival on what `lines` earned: none on time, else its line, and the one that stops it at 0.

    Per cent are of what was earned, points are off 100. Without a late policy lateness is said and costs nothing.
    """
    if arrival.received_at <= arrival.due_at or not lines:
        return []
    judged = judge_lateness(arrival.received_at, arrival.due_at, rules, zone, waived=arrival.waived)
    if judged.seconds <= 0:
        return []
    earned = total(lines)
    off = earned if judged.zero else earned * judged.percent_off / HUNDRED + judged.points_off
    rule = say_late(judged, arrival, zone)
    late = [line(lines[-1].subject, lines[-1].component, PART, -off, rule, cited)]
    return late + raise_to(ZERO, [*lines, *late], PART, say_late_floor())
