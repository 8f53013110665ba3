"""The small vocabularies of reviewing, with the words people read."""

from collections.abc import Mapping
from enum import StrEnum


class FindingKind(StrEnum):
    """What a finding is. Mistakes and missing points note a defect; a remark never does."""

    MISTAKE = "mistake"
    MISSING = "missing"
    QUESTION = "question"
    REMARK = "remark"


class Severity(StrEnum):
    """How much it matters, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    TRIVIAL = "trivial"


class ResponseKind(StrEnum):
    """What the developers answer."""

    FIXED = "fixed"
    WILL_FIX = "will_fix"
    DISAGREE = "disagree"
    NOT_IN_SCOPE = "not_in_scope"
    CANNOT_REPRODUCE = "cannot_reproduce"
    DUPLICATE = "duplicate"


class FixVerdict(StrEnum):
    """What became of a finding in version 2, by its reviewer."""

    FIXED = "fixed"
    PARTLY = "partly"
    NOT_FIXED = "not_fixed"
    OBSOLETE = "obsolete"


KIND_WORDS: Mapping[str, str] = {
    FindingKind.MISTAKE: "Mistake",
    FindingKind.MISSING: "Missing",
    FindingKind.QUESTION: "Question",
    FindingKind.REMARK: "Remark",
}

SEVERITY_HINTS: Mapping[str, str] = {
    Severity.CRITICAL: "Critical: the results cannot be trusted or do not exist",
    Severity.MAJOR: "Major: a part of the paper is wrong or not there",
    Severity.MINOR: "Minor: wrong, but the results still stand",
    Severity.TRIVIAL: "Trivial: a slip, a typing error",
}

RESPONSE_WORDS: Mapping[str, str] = {
    ResponseKind.FIXED: "Fixed",
    ResponseKind.WILL_FIX: "Will fix",
    ResponseKind.DISAGREE: "Disagree",
    ResponseKind.NOT_IN_SCOPE: "Not in scope",
    ResponseKind.CANNOT_REPRODUCE: "Cannot reproduce",
    ResponseKind.DUPLICATE: "Duplicate",
}

RESPONSE_TONES: Mapping[str, str] = {
    ResponseKind.FIXED: "good",
    ResponseKind.WILL_FIX: "info",
    ResponseKind.DISAGREE: "warn",
    ResponseKind.NOT_IN_SCOPE: "plain",
    ResponseKind.CANNOT_REPRODUCE: "warn",
    ResponseKind.DUPLICATE: "plain",
}

VERDICT_WORDS: Mapping[str, str] = {
    FixVerdict.FIXED: "Fixed",
    FixVerdict.PARTLY: "Partly fixed",
    FixVerdict.NOT_FIXED: "Not fixed",
    FixVerdict.OBSOLETE: "No longer applies",
}

VERDICT_TONES: Mapping[str, str] = {
    FixVerdict.FIXED: "good",
    FixVerdict.PARTLY: "warn",
    FixVerdict.NOT_FIXED: "bad",
    FixVerdict.OBSOLETE: "plain",
}
