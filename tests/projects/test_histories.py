"""Reading beyond one frozen file: history, authors of lines, the latest push."""

import pytest
from sqlalchemy import update

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.projects.tables import Project
from reviewhub.reviews.tables import Assignment
from tests.projects.test_pages import AFTER, VERSION, frozen, visit, words  # noqa: F401 - fixtures of the same pages
from tests.projects.worlds import DUE_1, DUE_2, SLUG, World, minutes

PROJECT = "/projects/AWGAN"


@pytest.fixture
def both(frozen: World) -> World:  # noqa: F811 - the fixture
    """Version 2 is frozen as well: one file changed, one new, one gone, one renamed."""
    frozen.shared.receive(
        {
            "AWGAN/model.py": "x = 4\ny = 5\n",
            "AWGAN/new & <b>.py": "new = 1\n",
            "AWGAN/README.md": None,
            "AWGAN/READ ME.md": "# Attention GAN\n\nWe re-implement the paper.\n",
            "AWGAN/info.yaml": "title: x\n",
        },
        at=DUE_2 - minutes(5),
    )
    frozen.look_and_freeze(DUE_2 + minutes(60))
    return frozen


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (f"{VERSION}/history/", {"deniz", "ada"}),
        (f"{VERSION}/history/model.py", {"deniz", "ada"}),
        (f"{VERSION}/blame/model.py", {"deniz", "ada"}),
        (f"{VERSION}/blame/nothing.py", set()),
        (f"{PROJECT}/latest/files/", {"deniz", "ada"}),
        (f"{PROJECT}/latest/files/model.py", {"deniz", "ada"}),
        (f"{PROJECT}/latest/raw/model.py", {"deniz", "ada"}),
        (f"{PROJECT}/latest/history/", {"deniz", "ada"}),
    ],
)
def test_page_opens_for_those_who_may(visit, both: World, clock, path: str, allowed: set[str]) -> None:  # noqa: F811
    clock.put(DUE_2 + minutes(61))
    answers = {name: visit(name).get(path).status_code for name in ("deniz", "oya", "ada", "cem", "defne")}
    assert {name for name, status in answers.items() if status == 200} == allowed
    assert set(answers.values()) <= {200, 403, 404}


def test_history_goes_a_page_at_a_time(visit, sqlite_world: World) -> None:  # noqa: F811
    sqlite_world.confirm()
    for count in range(40):
        sqlite_world.shared.commit({"AWGAN/model.py": f"x = {count}\n"}, said=f"step {count}")
    sqlite_world.shared.push(at=DUE_1 - minutes(5))
    sqlite_world.look_and_freeze(AFTER)
    reader = visit("ada")
    first = reader.text(f"{VERSION}/history/model.py")
    rest = reader.text(f"{VERSION}/history/model.py?from=30")
    assert ("step 39" in first, "step 9 " in first, "Older" in first, "Newer" in first) == (True, False, True, False)
    assert ("step 9 " in rest, "step 10 " in rest, "Older" in rest, "Newer" in rest) == (True, False, False, True)
    assert "No commits to show" in reader.text(f"{VERSION}/history/model.py?from=999999999999999999999")
    assert reader.get(f"{VERSION}/history/model.py?from=x").status_code == 200


def test_lines_have_their_authors(visit, frozen: World) -> None:  # noqa: F811
    text = visit("ada").text(f"{VERSION}/blame/model.py")
    assert f"{frozen.snapshots()[0].commit[:7]} Ada Example 1 x = 2" in text


def test_latest_push_is_read_by_its_group_before_anything_is_frozen(visit, sqlite_world: World) -> None:  # noqa: F811
    sqlite_world.confirm()
    sqlite_world.shared.receive({"AWGAN/model.py": "latest = 1\n"}, at=DUE_1 - minutes(500))
    sqlite_world.look(DUE_1 - minutes(490))
    reader = visit("ada")
    assert "latest = 1" in reader.text(f"{PROJECT}/latest/files/model.py")
    assert "AWGAN, latest push As it was received last" in reader.text(f"{PROJECT}/latest/files/")
    assert f'href="/c/{SLUG}{PROJECT}/latest/files/"' in reader.get(PROJECT).text
    assert reader.get(f"{PROJECT}/version-0/files/").status_code in {301, 308}
    assert reader.get(f"{PROJECT}/latest/archive.zip").status_code == 200


def test_folder_tells_when_each_name_was_changed_and_what_is_special(visit, sqlite_world: World) -> None:  # noqa: F811
    shared = sqlite_world.shared
    shared.commit(
        {"AWGAN/lfs.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n"},
        at=DUE_1 - minutes(60),
    )
    shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},AWGAN/sub")
    shared.at_clone("commit", "-qm", "submodule", at=DUE_1 - minutes(50))
    shared.push(at=DUE_1 - minutes(40))
    sqlite_world.confirm(DUE_1 - minutes(30))
    sqlite_world.look_and_freeze(AFTER)
    text = visit("ada").text(f"{VERSION}/files/")
    assert "lfs.bin 65 B Fri 4 Dec, 22:59 UTC+3 Git LFS pointer: the file itself was not pushed" in text
    assert "submodule at 1111111" in text
    assert "README.md 44 B Fri 20 Nov, 12:00 UTC+3" in text


def test_history_is_kept_from_whoever_must_not_learn_the_names(visit, frozen: World) -> None:  # noqa: F811
    with frozen.database.writing() as session:
        course = session.query(Course).one()
        text = course.policy_text.replace('anonymity   = "single"', 'anonymity   = "double"')
        session.execute(update(Course).values(policy_text=text, policy_digest="double"))
        project_id = session.query(Project.id).filter(Project.key == "AWGAN").scalar()
        reviewer_id = session.query(Enrollment.id).join(User).filter(User.email == "defne@example.org").scalar()
        session.add(Assignment(project_id=project_id, reviewer_id=reviewer_id, assigned_at=AFTER))
    reviewer = visit("defne")
    assert reviewer.get(f"{VERSION}/files/model.py").status_code == 200
    assert "History" not in reviewer.text(f"{VERSION}/files/model.py")
    for path in ("history/", "history/model.py", "blame/model.py"):
        assert reviewer.get(f"{VERSION}/{path}").status_code == 404
