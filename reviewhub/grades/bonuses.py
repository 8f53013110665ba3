"""Extra points: what a student earned, up to the course's limit, unless late work lost the claim to them."""

from collections.abc import Iterable, Iterator, Sequence

from reviewhub.courses.policy import Policy, WorkKind
from reviewhub.courses.totals import Bonus
from reviewhub.courses.totals import Component as Stated
from reviewhub.grades import course_sentences as say
from reviewhub.grades.component_grades import WORK_OF, Given, lateness_of
from reviewhub.grades.course_work import lost_claim
from reviewhub.grades.lines import Citation, Component, LedgerEntry, line, lower_to, total
from reviewhub.grades.penalties import ZERO


def bonus_lines(given: Given) -> list[LedgerEntry]:
    """The lines that extra points add to the sum of the components."""
    if not any(given.marks.get(one.key) for one in given.policy.bonus):
        return []
    reasons = sorted(set(_lost_claims(given)))
    return [entry for one in given.policy.bonus for entry in _lines_of(one, given, reasons)]


def _lines_of(bonus: Bonus, given: Given, reasons: Sequence[str]) -> list[LedgerEntry]:
    lines: list[LedgerEntry] = []
    for mark in sorted(given.marks.get(bonus.key, ()), key=lambda one: (one.item, one.mark_id)):
        if mark.value is not None:
            cited = Citation("mark", mark.mark_id)
            earned = [line(given.subject(), Component.COURSE, "bonus", mark.value, say.say_bonus(bonus), cited)]
            lines += [*earned, *lateness_of(earned, mark.arrival, WORK_OF["imported"], given.policy, cited)]
    if bonus.at_most is not None and lines:
        lines += lower_to(bonus.at_most, lines, "bonus", say.say_bonus_limit(bonus))
    if reasons and (earned_in_all := total(lines)):
        cites = [cite for one in lines for cite in one.citations]
        rule = say.say_bonus_lost(bonus, earned_in_all, reasons)
        return [line(given.subject(), Component.COURSE, "bonus", ZERO, rule, *cites)]
    return lines


def _lost_claims(given: Given) -> Iterator[str]:
    """Every piece of the student's work that came so late that there is no claim to bonuses, each as a clause."""
    policy = given.policy
    yield from given.work.lost_claims
    for key, title, kind in _marked(policy):
        marks = given.marks.get(key, ())
        for mark in marks:
            name = say.name_mark(title, mark.item, len(marks))
            if mark.arrival is not None and (clause := lost_claim(name, mark.arrival, kind, policy)):
                yield clause
    for status in given.student.statuses:
        if status.kind == "proposal" and status.arrival is not None:
            yield from filter(None, [lost_claim("the proposal", status.arrival, "proposals", policy)])


def _marked(policy: Policy) -> Iterator[tuple[str, str, WorkKind]]:
    """Everything that marks are given for: its key, its title, and the late rules of its kind."""
    for stated in _leaves(policy.components):
        if stated.kind in WORK_OF:
            yield stated.key, stated.title, WORK_OF[stated.kind]
    for bonus in policy.bonus:
        yield bonus.key, bonus.title, WORK_OF["imported"]


def _leaves(components: Iterable[Stated]) -> Iterator[Stated]:
    for stated in components:
        yield from _leaves(stated.parts) if stated.parts else (stated,)
