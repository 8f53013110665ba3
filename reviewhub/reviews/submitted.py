"""What a review says once it is handed in: the content of an edition, written and read back as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewhub.courses.policy import FormItem
from reviewhub.reviews.places import Anchor, Place, PlaceKind


@dataclass(frozen=True, kw_only=True)
class SubmittedFinding:
    """A finding as its edition says it. A withdrawn one stays, struck."""

    finding_id: str
    number: int
    kind: str
    severity: str
    category: str
    text: str
    withdrawn: bool
    anchors: tuple[Anchor, ...] = ()

    @property
    def quoted(self) -> str:
        """What stands at its first place: a suggested change is shown beside it."""
        return self.anchors[0].quoted if self.anchors else ""


@dataclass(frozen=True, kw_only=True)
class VersionOne:
    """The snapshot a review was written on."""

    snapshot_id: str
    commit: str
    tree: str


def content_of_edition(
    *,
    course: str,
    project: str,
    version_1: VersionOne,
    items: Sequence[FormItem],
    form: Mapping[str, Any],
    summary: str,
    findings: Sequence[SubmittedFinding],
) -> dict[str, Any]:
    """The content of an edition as JSON values. Time and number stand beside it, so that equal reviews are equal."""
    return {
        "course": course,
        "project": project,
        "version_1": {
            "snapshot_id": version_1.snapshot_id,
            "commit": version_1.commit,
            "tree": version_1.tree,
        },
        "questions": [
            {
                "key": item.key,
                "title": item.title,
                "kind": item.kind,
                "columns": list(item.columns),
                "steps": item.steps,
                "verdict": item.verdict,
            }
            for item in items
        ],
        "form": dict(form),
        "summary": summary,
        "findings": [_finding_json(finding) for finding in findings],
    }


def findings_in(content: Mapping[str, Any]) -> tuple[SubmittedFinding, ...]:
    """The findings of an edition, in their order."""
    return tuple(
        SubmittedFinding(
            finding_id=row["finding_id"],
            number=row["number"],
            kind=row["kind"],
            severity=row["severity"],
            category=row["category"],
            text=row["text"],
            withdrawn=row["withdrawn"],
            anchors=tuple(anchor_from(anchor) for anchor in row["anchors"]),
        )
        for row in content["findings"]
    )


def standing_findings_in(content: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Id, number and kind of the findings that were not withdrawn; their places and texts are not read."""
    return ((row["finding_id"], row["number"], row["kind"]) for row in content["findings"] if not row["withdrawn"])


def questions_in(content: Mapping[str, Any]) -> tuple[FormItem, ...]:
    """The form's items as they were when the edition was handed in."""
    return tuple(FormItem.model_validate({**row, "columns": tuple(row["columns"])}) for row in content["questions"])


def _finding_json(finding: SubmittedFinding) -> dict[str, Any]:
    return {
        "finding_id": finding.finding_id,
        "number": finding.number,
        "kind": finding.kind,
        "severity": finding.severity,
        "category": finding.category,
        "text": finding.text,
        "withdrawn": finding.withdrawn,
        "anchors": [anchor_json(anchor) for anchor in finding.anchors],
    }


def anchor_json(anchor: Anchor) -> dict[str, Any]:
    """An anchor as flat JSON values, named like the columns of its row."""
    place = anchor.place
    return {
        "snapshot_id": anchor.snapshot_id,
        "kind": place.kind.value,
        "path": place.path,
        "cell_index": place.cell,
        "first_line": place.first_line,
        "last_line": place.last_line,
        "output": place.output,
        "blob": anchor.blob,
        "cell_id": anchor.cell_id,
        "source_hash": anchor.source_hash,
        "quoted": anchor.quoted,
        "before": anchor.before,
        "after": anchor.after,
    }


def anchor_from(row: Mapping[str, Any]) -> Anchor:
    """Read an anchor back from its flat values."""
    return Anchor(
        place=Place(
            kind=PlaceKind(row["kind"]),
            path=row["path"],
            cell=row["cell_index"],
            first_line=row["first_line"],
            last_line=row["last_line"],
            output=row["output"],
        ),
        snapshot_id=row["snapshot_id"],
        blob=row["blob"],
        cell_id=row["cell_id"],
        source_hash=row["source_hash"],
        quoted=row["quoted"],
        before=row["before"],
        after=row["after"],
    )
