"""What the ledger's lines rest on, in words: mistakes and findings with their places, commits, reviews, marks.

What a student may not learn is never put into words here: `Seen` says whose names are shown, and whose findings are.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from reviewhub.grades.evidence import (
    VERSION_1,
    AssignmentFact,
    Decision,
    FindingFact,
    GradingFacts,
    MarkFact,
    MistakeFact,
    ProjectFact,
    StatusFact,
    Strength,
    Verdict,
)
from reviewhub.grades.lines import Citation
from reviewhub.grades.sentences import named, plain
from reviewhub.grades.spots import Spot, spot_of_anchor, spot_of_row
from reviewhub.reviews.submitted import SubmittedFinding

VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.FIXED: "fixed in version 2",
    Verdict.PARTLY: "partly fixed in version 2",
    Verdict.NOT_FIXED: "not fixed in version 2",
    Verdict.OBSOLETE: "no longer applies in version 2",
}


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One thing a line rests on: what it is called, where it is, and what was written about it."""

    kind: str
    title: str
    place: str = ""
    text: str = ""

    @property
    def said(self) -> str:
        """Its name and place on one line."""
        return f"{self.title}, {self.place}" if self.place else self.title


Make = Callable[[], Cited]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the reader may see. `reader` is an enrolment whose own findings are shown; None reads everything."""

    reader: str | None = None
    reviewers: Mapping[str, str] = field(default_factory=dict)
    """assignment_id → the reviewer's name, for whom names are shown."""
    findings: Mapping[str, SubmittedFinding] = field(default_factory=dict)
    """finding_id → what was written and where, as far as it was loaded."""

    def reads_findings_of(self, assignment: AssignmentFact) -> bool:
        """Whether the findings of this review may be named to the reader."""
        return self.reader is None or self.reader in assignment.members or assignment.assignment_id in self.reviewers


def cited_things(facts: GradingFacts, seen: Seen, wanted: Collection[Citation] | None = None) -> dict[Citation, Cited]:
    """Everything that lines over these facts can cite, or what of it is wanted; only that is put into words."""
    return {key: make() for key, make in _things(facts, seen) if wanted is None or key in wanted}


def _things(facts: GradingFacts, seen: Seen) -> Iterator[tuple[Citation, Make]]:
    for project in facts.projects:
        yield from _of_project(project, seen)
    for student in facts.students:
        for mark in student.marks:
            yield Citation("mark", mark.mark_id), partial(_mark_words, mark)
        for status in student.statuses:
            yield Citation("status", status.status_id), partial(_status_words, status)


def _mark_words(mark: MarkFact) -> Cited:
    value = "no mark" if mark.value is None else plain(mark.value)
    return Cited(kind="mark", title=f"Mark {mark.item}: {value}")


def _status_words(status: StatusFact) -> Cited:
    title = f"Status list: {status.kind.replace('_', ' ')}, {status.value}"
    return Cited(kind="status", title=title, text=status.evidence)


def mistake_words(project: ProjectFact, mistake: MistakeFact, seen: Seen) -> Cited:
    """A mistake: its name, place, fate in version 2, and who noted it where the reader may know."""
    said = [] if mistake.verdict is None else [VERDICT_WORDS[mistake.verdict]]
    said += [] if mistake.version_in == VERSION_1 else ["came with version 2"]
    said += [] if mistake.detectable else ["not detectable from the submission"]
    noted = list(noted_by(project, mistake, seen))
    notes = "; ".join([*said, *noted])
    title = f"{named(mistake)} ({notes})" if notes else named(mistake)
    return Cited(kind="mistake", title=title, place=where(spot_of_row(mistake.place)), text=mistake.text)


def noted_by(project: ProjectFact, mistake: MistakeFact, seen: Seen) -> Iterator[str]:
    """By whose findings a mistake was noted, as far as the reader may know."""
    whose = {
        finding.finding_id: (assignment, finding)
        for assignment in project.assignments
        if assignment.review
        for finding in assignment.review.findings
    }
    matches = [one for one in project.matches if one.mistake_id == mistake.mistake_id and one.finding_id in whose]
    for match in sorted(matches, key=lambda one: one.finding_id):
        assignment, finding = whose[match.finding_id]
        if seen.reads_findings_of(assignment):
            part = " in part" if match.strength is Strength.PARTIAL else ""
            yield f"noted{part} by {_little(finding_name(finding, assignment, seen))}"


def finding_name(finding: FindingFact, assignment: AssignmentFact, seen: Seen) -> str:
    """How a finding is called; another reviewer's has neither number nor name where names are hidden."""
    if seen.reader is not None and seen.reader in assignment.members:
        return f"Finding {finding.number} of yours"
    name = seen.reviewers.get(assignment.assignment_id, "")
    return f"Finding {finding.number} of {name}" if name else "Finding of another reviewer"


def _little(name: str) -> str:
    return name[0].lower() + name[1:]


def finding_words(finding: FindingFact, assignment: AssignmentFact, seen: Seen) -> Cited:
    """A finding: its name, and its words and place where the reader may read them."""
    said = seen.findings.get(finding.finding_id) if seen.reads_findings_of(assignment) else None
    place = where(spot_of_anchor(said.anchors[0])) if said and said.anchors else ""
    return Cited(
        kind="finding",
        title=finding_name(finding, assignment, seen),
        place=place,
        text=said.text if said else "",
    )


def became(project: ProjectFact, finding: FindingFact) -> str:
    """What the instructor made of a finding."""
    if finding.decision is None:
        return "a remark, which asks for no decision" if finding.kind == "remark" else "not decided on"
    if finding.decision is Decision.REJECTED:
        return f"rejected: {finding.reason}" if finding.reason else "rejected"
    mistakes = {one.mistake_id: one for one in project.mistakes}
    matched = sorted(
        f"M{mistakes[one.mistake_id].number}{' in part' if one.strength is Strength.PARTIAL else ''}"
        for one in project.matches
        if one.finding_id == finding.finding_id and one.mistake_id in mistakes
    )
    return f"accepted as {', '.join(matched)}" if matched else "accepted"


def where(spot: Spot) -> str:
    """A place with its file, on one line."""
    return f"{spot.path}, {spot.words}" if spot.path else spot.words


def _of_project(project: ProjectFact, seen: Seen) -> Iterator[tuple[Citation, Make]]:
    for version in project.snapshots:
        title, place = f"Version {version.version} of {project.key}", f"commit {version.commit[:12]}"
        yield Citation("snapshot", version.snapshot_id), partial(Cited, kind="snapshot", title=title, place=place)
    for mistake in project.mistakes:
        yield Citation("mistake", mistake.mistake_id), partial(mistake_words, project, mistake, seen)
    for adjustment in project.adjustments:
        words = partial(Cited, kind="adjustment", title="Adjusted by the instructor", text=adjustment.reason)
        yield Citation("adjustment", adjustment.adjustment_id), words
    for kind, number in (("version_1", 1), ("version_2", 2)):
        title = f"Grade of version {number} of {project.key}"
        yield Citation(kind, project.project_id), partial(Cited, kind=kind, title=title)
    for assignment in project.assignments:
        yield from _of_assignment(project, assignment, seen)


def _of_assignment(project: ProjectFact, assignment: AssignmentFact, seen: Seen) -> Iterator[tuple[Citation, Make]]:
    title, review = f"Review of {project.key}", assignment.review
    yield Citation("assignment", assignment.assignment_id), partial(Cited, kind="assignment", title=title)
    if review is None:
        return
    said = f"{title}, edition {review.edition}"
    yield Citation("review", review.review_id), partial(Cited, kind="review", title=said)
    for finding in review.findings:
        yield Citation("finding", finding.finding_id), partial(finding_words, finding, assignment, seen)
