"""Signed receipts of frozen versions: one text file that people read and that any machine can check, offline.

The file is plain text for people, then the same facts as one line of JSON, then an Ed25519 signature (RFC 8032) over
everything above it. So neither the sentences nor the line can be changed, and the bytes are a pure function of what is
frozen and of the key: the same version has the same receipt for ever.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, tzinfo
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from reviewhub.courses.lateness import length
from reviewhub.errors import BadInput, ReviewHubError
from reviewhub.projects.addresses import shown

FORMAT = "reviewhub-receipt-1"
LARGEST_RECEIPT = 1 << 16
BEGIN = "-----BEGIN REVIEWHUB RECEIPT-----"
SIGNATURE = "-----BEGIN ED25519 SIGNATURE-----"
END = "-----END REVIEWHUB RECEIPT-----"
_PARTS = re.compile(
    rf"(?P<signed>.*^{BEGIN}\n(?P<line>[^\n]*)\n){SIGNATURE}\n(?P<signature>[A-Za-z0-9+/=]+)\n{END}\n?".encode("ascii"),
    re.DOTALL | re.MULTILINE,
)
_PEM_LINE = re.compile(r"-----(BEGIN|END) [A-Z ]+-----")

SOURCES = {
    "reflog": "the shared repository's own log, which writes down the second of each push",
    "poll": "ReviewHub's looks at the shared repository",
    "webhook": "the server of the shared repository, which reported the push",
}
KINDS = {
    "default": "by the course's rule: the last commit received in time, else the earliest late one that earns points",
    "chosen": "because its group chose it",
    "replaced": "because the staff of the course put it in place",
}


class NotGenuine(ReviewHubError):
    """A receipt that was changed after it was signed, or that another key signed."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a receipt says. Moments are UTC as ISO 8601 text; `outcome` is the late policy's answer as it was frozen."""

    format: str
    key: str
    course: str
    course_title: str
    term: str
    zone: str
    project: str
    project_title: str
    version: int
    sequence: int
    snapshot: str
    commit: str
    tree: str
    folder: str
    received_from: str | None
    received_by: str
    source: str
    proved: bool
    late_from: str
    awaited_until: str | None
    lateness_seconds: int
    outcome: dict[str, Any]
    kind: str
    frozen_at: str


# keys


def make_key() -> Ed25519PrivateKey:
    """A new signing key."""
    return Ed25519PrivateKey.generate()


def write_private_key(key: Ed25519PrivateKey) -> str:
    """A signing key as one line of text (base64 of PKCS #8), for its owner's eyes only."""
    return base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode("ascii")


def read_private_key(text: str) -> Ed25519PrivateKey:
    """The signing key of such a line, or of PEM; BadInput for anything else."""
    try:
        key = load_der_private_key(_der(text), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise BadInput("This is not a private Ed25519 key (one line of base64, or PEM).") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput("This is not an Ed25519 key but one of another kind.")
    return key


def write_public_key(key: Ed25519PublicKey) -> str:
    """A public key as one line of text (base64 of X.509 SubjectPublicKeyInfo): what stands on the course page."""
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode("ascii")


def read_public_key(text: str) -> Ed25519PublicKey:
    """The public key of such a line, or of PEM; BadInput for anything else."""
    try:
        key = load_der_public_key(_der(text))
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise BadInput(
            "This is not a public key for receipts: copy the line that stands on the course page."
        ) from fault
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput("This is a public key of another kind, and no receipt was signed with it.")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: the first sixteen hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _der(text: str) -> bytes:
    line = "".join(_PEM_LINE.sub("", text).split())
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ValueError(text) from fault


# receipts


def write_receipt(statement: Statement, key: Ed25519PrivateKey) -> bytes:
    """The whole file of a receipt. The same statement and key give the same bytes."""
    signed = "\n".join([*_letter(statement), BEGIN, canonical(statement), ""]).encode("utf-8")
    signature = base64.b64encode(key.sign(signed)).decode("ascii")
    return signed + f"{SIGNATURE}\n{signature}\n{END}\n".encode("ascii")


def verify_receipt(content: bytes, key: Ed25519PublicKey) -> Statement:
    """What a receipt says, once its signature is found to be good.

    BadInput: this is no receipt, or not all of one. NotGenuine: it was changed, or another key signed it.
    """
    parts = _parts(content)
    claimed = _claimed_key(parts["line"])
    if claimed != key_id(key):
        msg = (
            f"This receipt was signed with the key {shown(claimed)}, not with the key {key_id(key)} given here."
            if claimed
            else "This receipt was changed: its line of facts cannot be read."
        )
        raise NotGenuine(msg)
    if not _is_signed(parts["signed"], parts["signature"], key):
        raise NotGenuine("This receipt was changed after it was signed, so nothing in it counts.")
    return _statement(parts["line"])


def _is_signed(content: bytes, text: bytes, key: Ed25519PublicKey) -> bool:
    try:
        signature = base64.b64decode(text, validate=True)
        key.verify(signature, content)
    except (InvalidSignature, binascii.Error):
        return False
    return base64.b64encode(signature) == text  # its last letter has bits to spare, which nobody may play with


def canonical(statement: Statement) -> str:
    """The statement as one line of JSON: keys in order, no blanks, nothing but ASCII."""
    return json.dumps(asdict(statement), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _parts(content: bytes) -> dict[str, bytes]:
    # Mail programs and editors on some systems change the line ends; that changes nothing that is said.
    text = content.replace(b"\r\n", b"\n")
    if len(content) > LARGEST_RECEIPT or f"\n{BEGIN}\n".encode("ascii") not in text:
        raise BadInput("This is not a receipt of ReviewHub.")
    found = _PARTS.fullmatch(text)
    if found is None:
        raise BadInput("This receipt is not whole: it must be the file as it was downloaded, to its last line.")
    return found.groupdict()


def _claimed_key(line: bytes) -> str:
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return str(facts.get("key", ""))[:64] if isinstance(facts, dict) else ""


def _statement(line: bytes) -> Statement:
    facts = json.loads(line)
    names = {field.name for field in fields(Statement)}
    if facts.get("format") != FORMAT or set(facts) != names:
        raise BadInput("This receipt was made by a newer ReviewHub: verify it with that version.")
    return Statement(**facts)


# sentences


def say_statement(statement: Statement) -> list[str]:
    """What a receipt says, in plain sentences."""
    zone = _zone(statement.zone)
    often = "" if statement.sequence == 1 else f" (as frozen for the {_ordinal(statement.sequence)} time)"
    place = f"the folder {shown(statement.folder)}/" if statement.folder else "the whole repository"
    course = f"in the course {shown(statement.course_title)} ({shown(statement.course)}), {shown(statement.term)},"
    name = shown(statement.project) + (f", “{shown(statement.project_title)}”," if statement.project_title else "")
    return [
        f"Version {statement.version}{often} of the project {name} {course} is the commit {shown(statement.commit)}.",
        f"Its files are those of {place}: tree {shown(statement.tree)}.",
        _say_received(statement, zone),
        _say_due(statement, zone),
        _say_outcome(statement),
        f"It became the version on {_moment(statement.frozen_at, zone)}, {KINDS.get(statement.kind, statement.kind)}.",
    ]


def _say_received(statement: Statement, zone: tzinfo) -> str:
    by = _moment(statement.received_by, zone)
    witness = SOURCES.get(statement.source, statement.source)
    if statement.received_from is None:
        return f"It was received by {by}, when the repository was first looked at; shown by {witness}."
    if statement.received_from == statement.received_by:
        return f"It was received on {by}; shown by {witness}."
    start = _moment(statement.received_from, zone)
    looks = "the last look without it and the first one with it"
    return f"It was received after {start} and by {by}: {looks}; shown by {witness}."


def _say_due(statement: Statement, zone: tzinfo) -> str:
    due = f"It was due on {_moment(statement.late_from, zone)}; from then on lateness counts."
    if statement.awaited_until in {None, statement.late_from}:
        return due
    return f"{due} By an extension it was awaited until {_moment(str(statement.awaited_until), zone)}."


def _say_outcome(statement: Statement) -> str:
    outcome = statement.outcome
    if outcome.get("on_time"):
        said = "It is on time: no cost."
    elif outcome.get("undecided"):
        said = f"It is {length(statement.lateness_seconds)} late, and the staff decide about it."
    else:
        said = f"It is {length(statement.lateness_seconds)} late, at this cost: {shown(str(outcome.get('cost', '')))}."
    rule = shown(str(outcome.get("rule", "")))
    if rule and not outcome.get("on_time"):
        said += f" The rule: {rule}"
    if not statement.proved:
        said += " When exactly it was received is not proved, so the outcome that is better for the group was taken."
    return said


def _letter(statement: Statement) -> list[str]:
    """The part of the file that people read."""
    return [
        f"RECEIPT OF VERSION {statement.version} OF {shown(statement.project)}",
        "",
        *(line for sentence in say_statement(statement) for line in _wrapped(sentence)),
        "",
        "This file proves what was frozen, and when it was received. Keep it as it is: the signature at its end covers",
        "every line above it. Anybody can check it, on any machine and without a network:",
        "",
        "    reviewhub receipt verify FILE --key PUBLIC-KEY",
        "",
        f"The public key {statement.key} stands on the course's page “Rules”.",
        "",
    ]


def _wrapped(sentence: str) -> list[str]:
    """A sentence as lines for every screen. None of them begins like a line of the machine's part."""
    return wrap(sentence, 110, initial_indent="- ", subsequent_indent="  ", break_long_words=False)


def _moment(text: str, zone: tzinfo) -> str:
    at = datetime.fromisoformat(text).astimezone(zone)
    offset = f"{at:%z}"
    return f"{at.day} {at:%B %Y, %H:%M:%S} (UTC{offset[:3]}:{offset[3:5]})"


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _ordinal(number: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(number, f"{number}th")
