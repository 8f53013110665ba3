"""Before version 1 everybody may practise reviewing on a project of last year, whose mistakes the staff know."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from reviewhub.accounts.rights import PROGRAM
from reviewhub.demonstration.cast import SLUG, Act, Cast, draw
from reviewhub.demonstration.people import STUDENTS, Person
from reviewhub.demonstration.review_story import hand_in, shares
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.grading import record_mistake
from reviewhub.grades.practising import open_practice
from reviewhub.projects.confirming import Confirmation, confirm_projects
from reviewhub.projects.finding import find_projects
from reviewhub.projects.lookup import objects_of
from reviewhub.projects.mirroring import mirror_course
from reviewhub.reviews.places import read_place
from reviewhub.reviews.reviewing import file_finding

PROJECT = "Autoencoder"


class Known(NamedTuple):
    """One mistake of last year's project."""

    path: str
    place: str
    severity: str
    criterion: str
    title: str
    text: str
    seen: float
    """How often somebody who practises sees it."""


KNOWN = (
    Known("train.py", "L7", "critical", "method", "Trained on the test images",
          "`train=False` loads the test set: the error is measured on images the model was trained on.", 0.5),
    Known("model.py", "L17", "major", "method", "Gaussian noise instead of masking noise",
          "The paper sets a part of the inputs to 0 (section 3); here Gaussian noise is added to all of them.", 0.7),
    Known("model.py", "L11", "minor", "code", "Weights start far too large",
          "`torch.randn` without a scale: with 784 inputs the sigmoid saturates at once.", 0.3),
    Known("train.py", "L15", "minor", "results", "No seed is set",
          "Every run gives other numbers, so the table of the README cannot be had again.", 0.6),
    Known("README.md", "file", "major", "results", "The classification error is never computed",
          "The table shows 1.9 %, but no code trains or tests a classifier on top.", 0.4),
)  # fmt: skip
WHO = STUDENTS[:9]


def practising(cast: Cast) -> Iterator[Act]:
    """The staff open it three weeks before version 1 is due; nine students hand something in."""
    opens = cast.calendar.version_1 - timedelta(days=20, hours=3)
    yield Act(moment=opens, title="everybody may practise reviewing", play=partial(_open, cast))
    for place, person in enumerate(WHO):
        yield Act(
            moment=opens + timedelta(days=2 + place, hours=place),
            title="a practice review is handed in",
            play=partial(_practise, cast, person),
        )


def _open(cast: Cast, now: datetime) -> None:
    if cast.repository is not None:
        cast.repository.play_until(now)
    mirror_course(cast.database, cast.settings, actor=PROGRAM, now=now, course=SLUG)
    with cast.database.writing() as session:
        course, actor = cast.course(session), cast.instructor(session)
        mirrors = cast.settings.mirrors
        found = next(one for one in find_projects(session, course, mirrors=mirrors) if one.key == PROJECT)
        confirmed = Confirmation(
            branch=found.found.branch, folder=found.found.folder, key=PROJECT, title=found.found.title, group_id=None
        )
        confirm_projects(session, actor=actor, now=now, course=SLUG, confirmations=[confirmed], mirrors=mirrors)
        session.flush()
        open_practice(
            session, actor=actor, now=now, course=SLUG, key=PROJECT, until=now + timedelta(days=14), mirrors=mirrors
        )
        for known in KNOWN:
            record_mistake(
                session,
                actor=actor,
                now=now,
                course=SLUG,
                key=PROJECT,
                draft=MistakeDraft(
                    title=known.title, severity=known.severity, criterion=known.criterion, text=known.text
                ),
                version_in=1,
                place=read_place(known.place, known.path),
            )
            session.flush()


def _practise(cast: Cast, person: Person, now: datetime) -> None:
    share = next(one for one in shares(cast, practice=True) if one.email == person.email)
    chance = draw("practice", person.email)
    with cast.database.writing() as session:
        objects = objects_of(cast.settings.mirrors, cast.course(session))
        for known in KNOWN:
            if chance.random() < known.seen:
                file_finding(
                    session,
                    actor=share.reviewer,
                    now=now,
                    course=SLUG,
                    review_id=share.review_id,
                    objects=objects,
                    path=known.path,
                    place=known.place,
                    kind="mistake",
                    severity=known.severity,
                    category=known.criterion,
                    text=f"{known.title}. {known.text}",
                )
    hand_in(cast, share, now)
