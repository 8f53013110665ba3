"""The things a story's lines rest on: mistakes, findings, frozen commits, as far as the reader may know them."""

from collections.abc import Iterator, Mapping

from reviewhub.grades.evidence import (
    VERSION_1,
    AssignmentFact,
    Decision,
    FindingFact,
    GradingFacts,
    MatchFact,
    ProjectFact,
    Strength,
)
from reviewhub.grades.lines import Citation
from reviewhub.grades.sentences import named
from reviewhub.grades.spots import spot_of_anchor, spot_of_row
from reviewhub.grades.story_values import Detail, FindingStory
from reviewhub.reviews.kinds import RESPONSE_WORDS, VERDICT_WORDS
from reviewhub.reviews.submitted import SubmittedFinding


class Details:
    """Everything the facts and the reviews say about the things that lines cite, in words for one reader.

    `reviewers`: assignment id → name, empty where the reader does not learn them; `answers`: finding id → the kind of
    the developers' last answer.
    """

    def __init__(
        self,
        facts: GradingFacts,
        findings: Mapping[str, SubmittedFinding],
        reviewers: Mapping[str, str],
        answers: Mapping[str, str],
        reader: str,
    ) -> None:
        """Look through the facts once: who wrote which finding, and which findings noted which mistake."""
        self.findings, self.reviewers, self.answers, self.reader = findings, reviewers, answers, reader
        self.mistakes = {one.mistake_id: one for project in facts.projects for one in project.mistakes}
        self.snapshots = {one.snapshot_id: (project, one) for project in facts.projects for one in project.snapshots}
        self.author: dict[str, AssignmentFact] = {}
        self.noting: dict[str, list[MatchFact]] = {}
        for project in facts.projects:
            for assignment, finding in _written(project):
                self.author[finding.finding_id] = assignment
            for match in project.matches:
                if match.finding_id in self.author:
                    self.noting.setdefault(match.mistake_id, []).append(match)

    def of(self, cited: Citation) -> Detail | None:
        """What a citation cites; None for what needs no card of its own."""
        if cited.kind == "mistake" and cited.cited_id in self.mistakes:
            return self.mistake(cited.cited_id)
        if cited.kind == "finding" and cited.cited_id in self.findings:
            return self.finding(cited.cited_id)
        return self._snapshot(cited.cited_id) if cited.kind == "snapshot" else None

    def mistake(self, mistake_id: str) -> Detail:
        """A mistake with its place, and by whom it was noted."""
        value = self.mistakes[mistake_id]
        unnoted = ("found by the instructor; no review noted it",)
        hidden = () if value.detectable else ("not detectable from the submission: it costs no reviewer",)
        origin = self.noted_by(mistake_id) or (unnoted if value.version_in == VERSION_1 else ("came with version 2",))
        return Detail(
            kind="mistake",
            title=named(value),
            text=value.text,
            spot=spot_of_row(value.place),
            version=value.version_in,
            notes=(*origin, *hidden),
        )

    def noted_by(self, mistake_id: str) -> tuple[str, ...]:
        """By whom a mistake was noted; without names only by how many."""
        matches = self.noting.get(mistake_id, [])
        if all(self.author[one.finding_id].assignment_id in self.reviewers for one in matches):
            return tuple(sorted(f"noted by {self._author(one.finding_id)}{_in_part(one)}" for one in matches))
        best: dict[str, bool] = {}
        for one in matches:
            author = self.author[one.finding_id].assignment_id
            best[author] = best.get(author, False) or one.strength is Strength.FULL
        fully, partly = sum(best.values()), len(best) - sum(best.values())
        said = [(fully, ""), (partly, " in part")]
        return tuple(
            f"noted{how} by {'one reviewer' if count == 1 else f'{count} reviewers'}" for count, how in said if count
        )

    def finding(self, finding_id: str) -> Detail:
        """A finding with its place; one of a reviewer whom the reader does not learn says neither."""
        said, assignment = self.findings[finding_id], self.author.get(finding_id)
        name = self.reviewers.get(assignment.assignment_id, "") if assignment else ""
        is_mine = assignment is not None and self.reader in assignment.members
        if not is_mine and not name:
            return Detail(kind="finding", title=f"Finding {said.number} of another reviewer")
        spot = spot_of_anchor(said.anchors[0]) if said.anchors else None
        whose = f"{name}'s" if name else "Your"
        return Detail(kind="finding", title=f"{whose} finding {said.number}", text=said.text, spot=spot)

    def outcome(self, project: ProjectFact, finding: FindingFact) -> FindingStory:
        """What became of one finding of the reader: as a mistake, rejected with the reason, or not decided on."""
        matches = [one for one in project.matches if one.finding_id == finding.finding_id]
        counted = sorted((one for one in matches if one.mistake_id in self.mistakes), key=lambda one: one.mistake_id)
        state = _state(finding, counted)
        if finding.decision is Decision.REJECTED:
            became = f"Rejected: {finding.reason}"
        elif finding.decision is None:
            became = "A remark: it notes no mistake." if state == "remark" else "Not decided on."
        else:
            said = sorted(self._counts_as(one) for one in counted)
            became = f"Accepted: {'; '.join(said)}" if said else "Accepted."
        return FindingStory(
            detail=self.finding(finding.finding_id),
            became=became,
            state=state,
            about=f"finding:{finding.finding_id}",
            matches=tuple(
                (f"{named(self.mistakes[one.mistake_id])}{_in_part(one)}", f"match:{one.finding_id}.{one.mistake_id}")
                for one in counted
            ),
            answer=RESPONSE_WORDS.get(self.answers.get(finding.finding_id, ""), ""),
        )

    def _counts_as(self, match: MatchFact) -> str:
        value = self.mistakes[match.mistake_id]
        verdict = VERDICT_WORDS[value.verdict].lower() if value.verdict else ""
        return f"{named(value)}{_in_part(match)}{f' (in version 2: {verdict})' if verdict else ''}"

    def _author(self, finding_id: str) -> str:
        number = self.findings[finding_id].number if finding_id in self.findings else 0
        return f"{self.reviewers[self.author[finding_id].assignment_id]} (finding {number})"

    def _snapshot(self, snapshot_id: str) -> Detail | None:
        if snapshot_id not in self.snapshots:
            return None
        project, one = self.snapshots[snapshot_id]
        title = f"Version {one.version} of {project.key}"
        return Detail(kind="snapshot", title=title, version=one.version, commit=one.commit)


def _written(project: ProjectFact) -> Iterator[tuple[AssignmentFact, FindingFact]]:
    for assignment in project.assignments:
        for finding in assignment.review.findings if assignment.review else ():
            yield assignment, finding


def _state(finding: FindingFact, matches: list[MatchFact]) -> str:
    if finding.decision is Decision.REJECTED:
        return "rejected"
    if finding.decision is None:
        return "remark" if finding.kind == "remark" else "undecided"
    return "in part" if matches and all(one.strength is Strength.PARTIAL for one in matches) else "accepted"


def _in_part(match: MatchFact) -> str:
    return "" if match.strength is Strength.FULL else ", in part"
