"""Finding projects in real repositories of every layout, and confirming them."""

import pytest
from sqlalchemy import select

from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.projects.confirming import Confirmation, change_project, confirm_projects, remove_project
from reviewhub.projects.finding import find_projects
from reviewhub.projects.lookup import living_projects
from reviewhub.projects.tables import Project
from tests.projects.worlds import DUE_1, EARLY, FILES, SLUG, World, minutes


def proposals(world: World) -> list:
    with world.database.reading() as session:
        return find_projects(session, world.course(), mirrors=world.settings.mirrors)


def test_projects_are_found_with_papers_members_and_group(world: World) -> None:
    world.look(EARLY)
    first, second = proposals(world)
    assert (first.key, first.found.title, first.found.papers[0].venue) == (
        "AWGAN",
        "Attentive GAN: a second look",
        "CVPR",
    )
    assert [(guess.person.name, guess.reason) for guess in first.guesses] == [
        ("Ada Çelik", "the info file names Ada Celik"),
        ("Bora Şahin", "the info file names Bora ŞAHİN"),
    ]
    assert (first.group_id, second.group_id) == (world.group("AWGAN").id, world.group("DiffEdit").id)


def test_confirmed_project_has_its_place_group_and_papers(world: World) -> None:
    world.confirm()
    with world.database.reading() as session:
        rows = living_projects(session, world.course())
        assert [(p.key, p.branch, p.folder, p.group.name) for p in rows] == [
            ("AWGAN", "refs/heads/main", "AWGAN", "Group AWGAN"),
            ("DiffEdit", "refs/heads/main", "DiffEdit", "Group DiffEdit"),
        ]
        assert rows[0].papers[0]["title"] == "Attentive GAN: a second look"
        assert rows[0].found["reasons"] == ["it has info.yaml", "it has 1 notebook", "it has README.md"]
    assert [one.confirmed_key for one in proposals(world)] == ["AWGAN", "DiffEdit"]


def test_branch_pull_request_and_submodule_are_found(world: World) -> None:
    shared = world.shared
    base = shared.head()
    shared.commit({"Forked/main.ipynb": FILES["AWGAN/main.ipynb"]})
    shared.at_clone("push", "-q", "origin", "HEAD:refs/pull/7/head", at=EARLY)
    shared.back_to(base)
    shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},Sub")
    shared.at_clone("commit", "-q", "-m", "submodule")
    shared.push(at=EARLY + minutes(1))
    shared.at_clone("checkout", "-q", "--orphan", "team")
    shared.at_clone("rm", "-rqf", ".")
    shared.commit({"main.ipynb": FILES["AWGAN/main.ipynb"], "README.md": "# A whole branch\n"})
    shared.push(at=EARLY + minutes(2), ref="team")
    world.look(EARLY + minutes(3))

    found = {(one.found.branch, one.found.folder): one for one in proposals(world)}

    assert found["refs/pull/7/head", "Forked"].found.reasons[-1] == "it is in pull request 7, which is not merged"
    assert found["refs/heads/main", "Sub"].found.is_submodule
    assert (found["refs/heads/team", ""].key, found["refs/heads/team", ""].found.title) == ("team", "A whole branch")


def test_several_faults_are_told_at_once_and_nothing_is_confirmed(world: World) -> None:
    world.look(EARLY)
    group = world.group("AWGAN").id
    wanted = [
        Confirmation(branch="refs/heads/main", folder="AWGAN", key="A/B", title="", group_id=group),
        Confirmation(branch="refs/heads/main", folder="DiffEdit", key="DiffEdit", title="", group_id=group),
        Confirmation(branch="refs/heads/main", folder="gone", key="diffedit", title="", group_id=None),
    ]
    with pytest.raises(BadInput) as caught, world.database.writing() as session:
        confirm_projects(
            session,
            actor=world.actor("deniz"),
            now=EARLY,
            course=SLUG,
            confirmations=wanted,
            mirrors=world.settings.mirrors,
        )
    assert [problem.what for problem in caught.value.problems] == [
        "“A/B” cannot be a project's key.",
        "The same group is chosen for two projects.",
        "This place is no longer in the repository.",
        "There is a project with this key already.",
    ]
    with world.database.reading() as session:
        assert session.scalars(select(Project)).all() == []


def test_confirmation_can_be_taken_back_until_a_version_is_frozen(world: World) -> None:
    world.confirm()
    with world.database.writing() as session:
        remove_project(session, actor=world.actor("deniz"), now=EARLY, course=SLUG, key="AWGAN")
    assert [one.confirmed_key for one in proposals(world)] == [None, "DiffEdit"]
    world.confirm()
    world.look_and_freeze(DUE_1 + minutes(1))
    with pytest.raises(Conflict, match="frozen version"), world.database.writing() as session:
        remove_project(session, actor=world.actor("deniz"), now=DUE_1 + minutes(2), course=SLUG, key="AWGAN")


def test_title_and_group_can_be_changed_by_the_staff_only(world: World) -> None:
    world.confirm()
    with pytest.raises(BadInput, match="already has the project DiffEdit"), world.database.writing() as session:
        change_project(
            session,
            actor=world.actor("deniz"),
            now=EARLY,
            course=SLUG,
            key="AWGAN",
            title="",
            group_id=world.group("DiffEdit").id,
        )
    with world.database.writing() as session:
        change_project(
            session, actor=world.actor("deniz"), now=EARLY, course=SLUG, key="AWGAN", title="New title", group_id=None
        )
    with pytest.raises(NotAllowed), world.database.writing() as session:
        change_project(session, actor=world.actor("ada"), now=EARLY, course=SLUG, key="AWGAN", title="x", group_id=None)
    with world.database.reading() as session:
        project = living_projects(session, world.course())[0]
    assert (project.title, project.group_id) == ("New title", None)
