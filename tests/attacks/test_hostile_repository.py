"""Pushes that were made to stop the mirror: one group's branch must never cost the others their receipts."""

import subprocess
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from reviewhub.accounts.rights import PROGRAM
from reviewhub.config import Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.projects.mirroring import mirror_course
from reviewhub.projects.tables import RefMove
from reviewhub.storage import Database
from tests.conftest import StandingClock
from tests.github.pushing import SharedRepository

HOSTILE_REFS: tuple[str | bytes, ...] = (
    "refs/heads/" + "/".join(["x" * 200] * 8),
    "refs/heads/" + "/".join(["x" * 200] * 8) + "y",
    b"refs/heads/caf\xe9\xff",
    "refs/heads/<script>alert(1)</script>",
    "refs/heads/\u202egnp",
)


def test_branches_with_hostile_names_are_received_like_any_other(
    database: Database, settings: Settings, clock: StandingClock, tmp_path: Path
) -> None:
    shared = SharedRepository(tmp_path)
    shared.receive({"A/README.md": "# A\n"}, at=clock())
    with database.writing() as session:
        add_course(
            session,
            actor=PROGRAM,
            now=clock(),
            slug="dgm",
            text=shipped_text("ceng796"),
            remote=str(shared.bare),
            local_paths=True,
        )
    recorded = [mirror_course(database, settings, actor=PROGRAM, now=clock(), course="dgm").recorded]
    for ref in HOSTILE_REFS:
        subprocess.run(["git", f"--git-dir={shared.bare}", "update-ref", ref, shared.head()], check=True)
        clock.put(clock() + timedelta(minutes=1))
        recorded.append(mirror_course(database, settings, actor=PROGRAM, now=clock(), course="dgm").recorded)
    clock.put(clock() + timedelta(minutes=1))
    recorded.append(mirror_course(database, settings, actor=PROGRAM, now=clock(), course="dgm").recorded)
    assert recorded == [1, *[1] * len(HOSTILE_REFS), 0]
    with database.reading() as session:
        assert len(set(session.scalars(select(RefMove.ref)))) == 1 + len(HOSTILE_REFS)
