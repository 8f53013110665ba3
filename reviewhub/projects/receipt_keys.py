"""The installation's signing key, and the public keys that old and new receipts are checked with.

The private key stands in the environment, or in a file of the data folder that only its owner reads, made once. It is
in no backup. Public keys are rows, written once: whatever becomes of the private key, old receipts stay checkable.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Misconfigured, NotFound
from reviewhub.projects.facts import project_facts
from reviewhub.projects.lookup import NO_PROJECT, find_project
from reviewhub.projects.signed_receipts import (
    FORMAT,
    Statement,
    key_id,
    make_key,
    read_private_key,
    write_private_key,
    write_public_key,
    write_receipt,
)
from reviewhub.projects.tables import Project, ReceiptKey, Snapshot

KEY_FILE = "receipt-key"


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A public key: its name, its line of text, and whether receipts are signed with it now."""

    key_id: str
    text: str
    signs_now: bool


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A signed receipt as a file; `is_listed` says whether the key that signed it stands in the list for ever."""

    name: str
    content: bytes
    is_listed: bool


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The installation's key: from the environment, else from its file, which is made where there is none.

    Misconfigured where it is no Ed25519 key, or the file cannot be read or made.
    """
    variable = settings.receipts.key_env
    given = settings.secret(variable)
    file = settings.files.data / KEY_FILE
    try:
        text = given or _read_or_make(file)
        return read_private_key(text)
    except BadInput as fault:
        place = f"in ${variable}" if given else f"in {file}"
        msg = f"The key that signs receipts, {place}, cannot be used. {fault.message}"
        raise Misconfigured(msg) from fault
    except OSError as fault:
        msg = f"The key that signs receipts cannot be kept in {file}: {fault.strerror}."
        raise Misconfigured(msg) from fault


def _read_or_make(file: Path) -> str:
    """Whoever comes first makes the key; a link, unlike a rename, never replaces what another has made meanwhile."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        try:
            fresh.write_text(write_private_key(make_key()) + "\n", encoding="ascii")
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text(encoding="ascii", errors="replace")


def public_keys(session: Session, settings: Settings) -> list[PublicKey]:
    """Every key that receipts of this installation can be checked with: the present one first, then the older ones."""
    present = signing_key(settings).public_key()
    name = key_id(present)
    rows = session.scalars(select(ReceiptKey).order_by(ReceiptKey.first_used_at.desc(), ReceiptKey.key_id))
    older = [PublicKey(key_id=row.key_id, text=row.public_key, signs_now=False) for row in rows if row.key_id != name]
    return [PublicKey(key_id=name, text=write_public_key(present), signs_now=True), *older]


def list_key(session: Session, settings: Settings, *, actor: Actor, now: datetime) -> None:
    """Write the present public key down for ever, before a receipt that it signed leaves the house."""
    key = signing_key(settings).public_key()
    name = key_id(key)
    if session.scalar(select(ReceiptKey.id).where(ReceiptKey.key_id == name)) is not None:
        return
    try:
        with session.begin_nested():
            row = ReceiptKey(key_id=name, public_key=write_public_key(key), first_used_at=now)
            session.add(row)
    except IntegrityError:
        return  # another process was faster, with the same key
    record_event(session, actor=actor, now=now, action="listed receipt key", subject=row, after={"key": name})


def make_receipt(
    session: Session,
    settings: Settings,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    version: int,
    sequence: int | None = None,
) -> Receipt:
    """The signed receipt of a frozen version: the one that counts, or that of a sequence. NotFound: there is none."""
    require(Action.READ_RECEIPT, project_facts(session, actor, now, course=course, key=key))
    row = find_course(session, course)
    project = find_project(session, row, key)
    wanted = select(Snapshot).where(Snapshot.project_id == project.id, Snapshot.version == version)
    which = Snapshot.replaced_at.is_(None) if sequence is None else Snapshot.sequence == sequence
    snapshot = session.scalar(wanted.where(which))
    if snapshot is None:
        raise NotFound(NO_PROJECT)
    private = signing_key(settings)
    name = key_id(private.public_key())
    listed = session.scalars(select(ReceiptKey.key_id)).all()
    return Receipt(
        name=f"{project.key}-version-{version}-receipt-{snapshot.sequence}.txt",
        content=write_receipt(statement_of(row, project, snapshot, key=name), private),
        is_listed=name in listed,
    )


def statement_of(course: Course, project: Project, snapshot: Snapshot, *, key: str) -> Statement:
    """What the receipt of a snapshot says; nothing of it is kept anywhere but in the rows themselves."""
    return Statement(
        format=FORMAT,
        key=key,
        course=course.slug,
        course_title=course.title,
        term=course.term,
        zone=course.zone,
        project=project.key,
        project_title=project.title,
        version=snapshot.version,
        sequence=snapshot.sequence,
        snapshot=snapshot.id,
        commit=snapshot.commit,
        tree=snapshot.tree,
        folder=snapshot.folder,
        received_from=_text(snapshot.received_from),
        received_by=snapshot.received_by.isoformat(),
        source=snapshot.source,
        proved=snapshot.proved,
        late_from=snapshot.due_at.isoformat(),
        awaited_until=_text(snapshot.awaited_until),
        lateness_seconds=snapshot.lateness_seconds,
        outcome=snapshot.outcome,
        kind=snapshot.kind,
        frozen_at=snapshot.frozen_at.isoformat(),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
