"""Editions: what was handed in, in one canonical form, its digest, and the receipt its author keeps."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any


def canonical_json(content: Any) -> str:
    """Return the one way to write `content` (JSON values only) as JSON: keys sorted, no spaces, plain letters kept."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(content: Any) -> str:
    """Return the sha256 (hex) of the canonical JSON of `content`."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What proves that a review was handed in: whose, on what, when, which edition, and the digest of its content."""

    course: str
    project: str
    reviewer: str
    version_1: str
    edition: int
    submitted_at: datetime
    due_at: datetime | None
    findings: int
    withdrawn: int
    digest: str


def is_late(receipt: Receipt) -> bool:
    """Whether the review came after it was due."""
    return receipt.due_at is not None and receipt.submitted_at > receipt.due_at


def receipt_text(receipt: Receipt, zone: tzinfo) -> str:
    """Write the receipt as plain text, its moments in the course's zone and in UTC."""

    def say(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S} (UTC {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S})"

    withdrawn = f", {receipt.withdrawn} withdrawn" if receipt.withdrawn else ""
    rows = [
        ("Course", receipt.course),
        ("Project reviewed", receipt.project),
        ("Version 1", receipt.version_1),
        ("Reviewer", receipt.reviewer),
        ("Edition", str(receipt.edition)),
        ("Handed in", say(receipt.submitted_at)),
        ("Due", say(receipt.due_at) if receipt.due_at else "no deadline"),
        ("Findings", f"{receipt.findings}{withdrawn}"),
        ("Digest (sha256)", receipt.digest),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(
        [
            "RECEIPT OF A REVIEW",
            "",
            *(f"{name:<{width}}  {text}" for name, text in rows),
            "",
            "The digest is the fingerprint of everything handed in: the same review always gives the same digest.",
            "",
        ]
    )
