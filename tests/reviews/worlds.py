"""A small course with everything a review needs: people, groups, projects, a real mirror with frozen version 1."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Role
from reviewhub.accounts.tables import User
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.github.objects import Objects
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.assigning import put_assignment
from reviewhub.reviews.tables import Review
from reviewhub.storage import Database
from tests.github.pushing import SharedRepository

VERSION_1 = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
REVIEWING = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
REVIEWS_DUE = datetime(2026, 12, 18, 20, 59, tzinfo=UTC)
RESPONDING = datetime(2026, 12, 20, 9, 0, tzinfo=UTC)
VERSION_2 = datetime(2027, 1, 8, 20, 59, tzinfo=UTC)
CHECKING = datetime(2027, 1, 9, 9, 0, tzinfo=UTC)

MODEL = """import torch


class Generator(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.project = torch.nn.Linear(size, 256)

    def forward(self, noise):
        return torch.tanh(self.project(noise))
"""


def notebook_text(*, epochs: int = 5, cells_before: int = 0) -> str:
    """A notebook of three cells (after some new ones): a title, the model, the training with two outputs."""

    def code(cell_id: str, source: str, outputs: list[dict[str, object]] | None = None) -> dict[str, object]:
        return {
            "cell_type": "code", "id": cell_id, "metadata": {}, "source": source, "execution_count": 1, "outputs": outputs or [],
        }  # fmt: skip

    cells: list[dict[str, object]] = [code(f"new{number}", f"print('new {number}')") for number in range(cells_before)]
    cells += [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# DCGAN\nWe follow section 3, $x^2$."},
        code("model", "from model import Generator\ngenerator = Generator(100)"),
        code("train", f"optimiser = torch.optim.Adam(generator.parameters(), lr=0.01)\ntrain(generator, epochs={epochs})",
             [{"output_type": "stream", "name": "stdout", "text": "epoch 1\nepoch 2\n"},
              {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "<Figure size 640x480>"}}]),
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


@dataclass
class World:
    """The ids of the rows, by short names: people "ada", "bora", …; projects "DCGAN", "VAE", …"""

    course_id: str = ""
    users: dict[str, str] = field(default_factory=dict)
    enrollments: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    snapshots: dict[tuple[str, int], str] = field(default_factory=dict)
    reviews: dict[tuple[str, str], str] = field(default_factory=dict)
    repository: Path = Path()

    def actor(self, name: str) -> Actor:
        """The person as an actor."""
        return Actor(user_id=self.users[name], name=name.title())

    @property
    def objects(self) -> Objects:
        """A reader of the mirror."""
        return Objects(self.repository)


GROUPS = {"DCGAN": ("ada", "bora"), "VAE": ("cem", "derya"), "GLOW": ("ece",)}
STAFF = {"iris": Role.INSTRUCTOR, "ali": Role.ASSISTANT, "olga": Role.OBSERVER}


def policy_text(**changes: str) -> str:
    """The shipped course file with simple replacements, such as release="at_submit"."""
    text = shipped_text("ceng796")
    for key, value in changes.items():
        lines = [
            f'{key} = "{value}"' if line.split("=")[0].strip() == key and "=" in line else line
            for line in text.splitlines()
        ]
        text = "\n".join(lines)
    return text


def build_world(database: Database, mirrors: Path, folder: Path, **policy: str) -> World:
    """Add the course with its people, groups and projects, and freeze version 1 of every project."""
    world = World()
    with database.writing() as session:
        course = _course(session, policy_text(**policy))
        world.course_id = course.id
        for name, role in STAFF.items():
            _enroll(session, world, name, role)
        for key, members in GROUPS.items():
            group = Group(course_id=course.id, name=f"Group {key}", created_at=VERSION_1)
            session.add(group)
            session.flush()
            world.groups[key] = group.id
            for name in members:
                enrollment = _enroll(session, world, name, Role.STUDENT)
                session.add(Membership(group_id=group.id, enrollment_id=enrollment.id, joined_at=VERSION_1))
            project = Project(
                course_id=course.id, key=key, title=f"{key} again", papers=[], branch="refs/heads/main", folder=key,
                group_id=group.id, confirmed_at=VERSION_1,
            )  # fmt: skip
            session.add(project)
            session.flush()
            world.projects[key] = project.id
    world.repository = mirrors / f"{world.course_id}.git"
    freeze(database, world, folder, 1, {})
    return world


def freeze(database: Database, world: World, folder: Path, version: int, changes: dict[str, str | bytes | None]) -> str:
    """Commit the files (version 1: the usual ones), freeze that commit as the version of every project, return it."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = _repository(folder, world)
    files: dict[str, str | bytes | None] = {}
    if version == 1:
        for key in GROUPS:
            files |= {
                f"{key}/model.py": MODEL,
                f"{key}/main.ipynb": notebook_text(),
                f"{key}/README.md": f"# {key}\n\nOur work.\n",
                f"{key}/goals.txt": "FID below 40.\n",
                f"{key}/figures/loss.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
            }
    commit = shared.receive(files | changes, at=VERSION_1)
    with database.writing() as session:
        for key, project_id in world.projects.items():
            snapshot = Snapshot(
                project_id=project_id, version=version, sequence=1, commit=commit,
                tree=world.objects.folder_tree(commit, key), folder=key, received_by=VERSION_1, proved=True,
                due_at=VERSION_1 if version == 1 else VERSION_2, lateness_seconds=0, outcome={}, kind="default",
                frozen_at=VERSION_1 if version == 1 else VERSION_2 + timedelta(minutes=1),
            )  # fmt: skip
            session.add(snapshot)
            session.flush()
            world.snapshots[key, version] = snapshot.id
    return commit


def assign(database: Database, world: World, name: str, key: str) -> str:
    """Assign a person to a project; return the review's id."""
    with database.writing() as session:
        assignment = put_assignment(
            session,
            world.enrollments[name],
            world.projects[key],
            by_groups=False,
            now=VERSION_1,
            run_id=None,
            reason="test",
        )
        review = session.query(Review).filter_by(assignment_id=assignment.id).one()
        world.reviews[name, key] = review.id
    return review.id


def _repository(folder: Path, world: World) -> SharedRepository:
    shared = SharedRepository.__new__(SharedRepository)
    if not (folder / "shared.git").exists():
        shared = SharedRepository(folder)
        world.repository.parent.mkdir(parents=True, exist_ok=True)
        world.repository.symlink_to(folder / "shared.git")
    shared.bare, shared.clone = folder / "shared.git", folder / "clone"
    return shared


def _course(session: Session, text: str) -> Course:
    course = Course(
        slug="dgm", title="Deep Generative Models", term="Fall 2026", zone="Europe/Istanbul", policy_text=text,
        policy_digest=str(hash(text)), remote="", created_at=VERSION_1,
    )  # fmt: skip
    session.add(course)
    session.flush()
    return course


def _enroll(session: Session, world: World, name: str, role: Role) -> Enrollment:
    user = User(email=f"{name}@example.org", name=f"{name.title()} Example", created_at=VERSION_1)
    session.add(user)
    session.flush()
    enrollment = Enrollment(course_id=world.course_id, user_id=user.id, role=role, joined_at=VERSION_1)
    session.add(enrollment)
    session.flush()
    world.users[name], world.enrollments[name] = user.id, enrollment.id
    return enrollment
