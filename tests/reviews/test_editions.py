"""The same content always has the same digest; the receipt says who handed in what, when."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from reviewhub.reviews.editions import Receipt, canonical_json, digest_of, is_late, receipt_text

RECEIPT = Receipt(
    course="Deep Generative Models",
    project="DCGAN: Unsupervised Representation Learning",
    reviewer="Ada Çelik",
    version_1="a1b2c3d",
    edition=2,
    submitted_at=datetime(2026, 12, 1, 9, 30, 5, tzinfo=UTC),
    due_at=datetime(2026, 12, 4, 20, 59, tzinfo=UTC),
    findings=5,
    withdrawn=1,
    digest="0" * 64,
)


def test_canonical_json_of_the_same_content_in_another_order_is_equal() -> None:
    assert canonical_json({"b": [1, "ç"], "a": None}) == '{"a":null,"b":[1,"ç"]}'
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_receipt_says_everything_in_the_courses_zone() -> None:
    assert receipt_text(RECEIPT, ZoneInfo("Europe/Istanbul")) == (
        "RECEIPT OF A REVIEW\n"
        "\n"
        "Course            Deep Generative Models\n"
        "Project reviewed  DCGAN: Unsupervised Representation Learning\n"
        "Version 1         a1b2c3d\n"
        "Reviewer          Ada Çelik\n"
        "Edition           2\n"
        "Handed in         2026-12-01 12:30:05 (UTC 2026-12-01 09:30:05)\n"
        "Due               2026-12-04 23:59:00 (UTC 2026-12-04 20:59:00)\n"
        "Findings          5, 1 withdrawn\n"
        f"Digest (sha256)   {'0' * 64}\n"
        "\n"
        "The digest is the fingerprint of everything handed in: the same review always gives the same digest.\n"
    )
    assert not is_late(RECEIPT)
