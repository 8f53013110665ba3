"""An edition reads back what was written into it."""

from reviewhub.courses.policy import FormItem
from reviewhub.reviews.editions import digest_of
from reviewhub.reviews.places import Anchor, read_place
from reviewhub.reviews.submitted import (
    SubmittedFinding,
    VersionOne,
    content_of_edition,
    findings_in,
    questions_in,
)

FINDING = SubmittedFinding(
    finding_id="f" * 16,
    number=3,
    kind="mistake",
    severity="major",
    category="method",
    text="No bias.",
    withdrawn=False,
    anchors=(
        Anchor(
            place=read_place("cell-2-L4-L6", "main.ipynb"),
            snapshot_id="s" * 16,
            blob="b",
            cell_id="c",
            source_hash="h",
            quoted="x = 1",
            before="a",
            after="z",
        ),
    ),
)
ITEMS = (FormItem(key="results", title="Results", kind="table", columns=("What", "We")),)


def test_edition_read_back_gives_the_same_findings_and_questions() -> None:
    content = content_of_edition(
        course="ceng796",
        project="DCGAN",
        version_1=VersionOne(snapshot_id="s" * 16, commit="c", tree="t"),
        items=ITEMS,
        form={"results": {"answer": [["FID", "3"]]}},
        summary="Good.",
        findings=[FINDING],
    )
    assert findings_in(content) == (FINDING,)
    assert [(item.key, item.columns) for item in questions_in(content)] == [("results", ("What", "We"))]
    assert len(digest_of(content)) == 64
