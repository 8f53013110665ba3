"""The rules of the course grade in words, with the course's own numbers: what stands beside each of its lines."""

from collections.abc import Iterable
from decimal import Decimal

from reviewhub.courses.totals import Bonus, Component, Letter
from reviewhub.grades.course_values import ComponentGrade, FailCase
from reviewhub.grades.penalties import as_shown
from reviewhub.grades.sentences import in_points, plain, shown

_OUTCOMES = {
    "passed": "The proposal passed",
    "revise": "The proposal is to be revised and its changes are awaited",
    "revised": "The proposal was revised and its changes are approved",
    "rejected": "The proposal was rejected",
    "replaced": "The proposal was rejected and replaced by a substantially different one",
}


def name_mark(title: str, item: int, count: int) -> str:
    """How one of `count` marks of a component is called."""
    return f"{title} {item}" if count > 1 else title


def say_mark(name: str, mark: Decimal, count: int) -> str:
    """What one mark brings, alone or in the mean of `count` marks."""
    brings = f"; the mean takes {_rounded(mark)} ÷ {count}" if count > 1 else ""
    return f"{name}: {_rounded(mark)} of 100{brings}."


def say_no_mark(name: str, count: int) -> str:
    """A mark that is not there and counts 0, because only the best marks count anyway."""
    return f"{name}: there is no mark, so it counts 0 ÷ {count}."


def say_not_among_best(name: str, mark: Decimal | None, component: Component) -> str:
    """A mark that the best n of m leave out."""
    many = f" of {component.of}" if component.of is not None else ""
    was = "there is no mark" if mark is None else f"{_rounded(mark)} of 100"
    return f"{name}: {was}; only the best {component.best}{many} count, so this one costs nothing."


def say_marks_missing(name: str) -> str:
    """What is missing where a mark is."""
    return f"{name}: there is no mark yet."


def say_late_mark(name: str, rule: str) -> str:
    """What a late piece of work loses; `rule` says when it was due and came."""
    return f"{name}, {rule[0].lower()}{rule[1:]}"


def say_outcome(outcome: str, worth: Decimal, at_most: Decimal | None = None) -> str:
    """What the outcome of a proposal earns; `at_most` where the mark given is less than it may be."""
    for_now = " for now" if outcome == "revise" else ""
    limit = f" (at most {plain(at_most)} could be given)" if at_most is not None else ""
    return f"{_OUTCOMES[outcome]}: it counts {plain(worth)} of 100{for_now}{limit}."


def say_unknown_outcome(outcome: str) -> str:
    """An outcome that no course file knows."""
    return f"The proposal's outcome “{outcome}” is none that earns points by rule."


def say_project(key: str, grade: Decimal, count: int) -> str:
    """What one project brings to its developer."""
    if count == 1:
        return f"The developer grade of {key}, {shown(grade)}."
    return f"The mean over {count} projects; {key} brings {shown(grade)} ÷ {count}."


def say_reviewer(grade: Decimal) -> str:
    """What reviewing brings."""
    return f"The reviewer grade, {shown(grade)}."


def say_weight(grade: ComponentGrade, of_what: str = "") -> str:
    """What a component weighs in the course grade, or a part in its component."""
    counts = f"“{grade.title}” counts {plain(grade.weight)} %{of_what}"
    if grade.value is None:
        return f"{counts} and is not complete yet."
    return f"{counts}: {plain(grade.weight)} % × {shown(grade.value)}."


def say_way(title: str, marked: str) -> str:
    """Which way to the grade counts, and why."""
    because = f", because there is a mark for “{marked}”" if marked else ""
    return f"“{title}” is the way to the grade that counts{because}."


def say_better_way(title: str) -> str:
    """Which way to the grade counts where the better one does."""
    return f"“{title}” is the way to the grade that counts: the better one for the student."


def say_no_way() -> str:
    """No way to the grade applies."""
    return "None of the ways to the grade applies yet."


def say_below(grade: ComponentGrade) -> str:
    """A missed threshold."""
    value, needed = shown(grade.value or Decimal(0)), plain(grade.threshold or Decimal(0))
    return f"“{grade.title}”, {value}, is below the {needed} that are needed: the course is failed, whatever the sum."


def say_bonus(bonus: Bonus) -> str:
    """Extra points."""
    return f"Extra points for “{bonus.title}”."


def say_bonus_limit(bonus: Bonus) -> str:
    """The line that stops extra points at their limit."""
    return f"“{bonus.title}” brings at most {in_points(bonus.at_most or Decimal(0))}."


def say_bonus_lost(bonus: Bonus, earned: Decimal, reasons: Iterable[str]) -> str:
    """Extra points that late work forfeits."""
    why = "; ".join(reasons)
    return f"“{bonus.title}”, {in_points(earned)}, is not added: {why}, so the claim to bonuses is lost."


def say_letter(row: Letter, total: Decimal) -> str:
    """The letter of a total."""
    return f"{shown(total)} brings {_letter(row)}, which takes {plain(row.at_least)}."


def say_failing_letter(row: Letter) -> str:
    """The letter of a failed course."""
    return f"A missed threshold brings {_letter(row)}."


def say_fail(case: FailCase) -> str:
    """A rule that may fail the student: its evidence, and what the instructor decided."""
    rule, why = f"“{case.rule.title}”", " ".join(case.evidence)
    if case.decision is None:
        return f"{rule} may bring {' or '.join(case.rule.brings)}; the instructor has not decided yet. {why}"
    reason = f" {case.decision.reason}" if case.decision.reason else ""
    if case.decision.confirmed:
        return f"{rule} brings {case.letter}, as the instructor confirmed.{reason} {why}"
    return f"{rule} has no effect, as the instructor decided.{reason} {why}"


def _rounded(mark: Decimal) -> str:
    """A mark as a person writes it; 17 of 30 has no end in per cent, so it is told at two places."""
    return plain(as_shown(mark))


def _letter(row: Letter) -> str:
    return f"{row.letter} “{row.title}”" if row.title else row.letter
