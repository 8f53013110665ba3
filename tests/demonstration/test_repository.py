"""The demonstration's shared repository: the same every time, as broken as it says, and received push by push."""

import ast
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest

from reviewhub.demonstration.people import GROUPS, STAFF, STUDENTS, group_of, person_of
from reviewhub.demonstration.repository import PLANTED, Repository, build_repository, open_repository, spring_calendar
from reviewhub.demonstration.sources import KEYS, load_sample
from reviewhub.errors import Conflict

CALENDAR = spring_calendar(2026)
MAIN = "refs/heads/main"


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = build_repository(tmp_path_factory.mktemp("made") / "shared.git", calendar=CALENDAR)
    repository.play_until(CALENDAR.version_2)
    return repository


def tip_at(repository: Repository, deadline_plus: timedelta = timedelta()) -> str:
    moment = CALENDAR.version_1 + deadline_plus
    return [push.new for push in repository.pushes if push.ref == MAIN and push.moment <= moment][-1]


def files_of(repository: Repository, commit: str) -> dict[str, str]:
    """Path → mode of every file in a commit."""
    lines = git(repository.folder, "ls-tree", "-r", "-z", commit).split("\0")
    return {line.split("\t")[1]: line.split()[0] for line in lines if line}


def read(repository: Repository, commit: str, path: str) -> str:
    return git(repository.folder, "show", f"{commit}:{path}")


def test_repository_made_twice_has_the_same_commits(made: Repository, tmp_path: Path) -> None:
    again = build_repository(tmp_path / "again.git", calendar=CALENDAR)
    assert again.pushes == made.pushes


def test_repository_is_sound_and_of_a_real_size(made: Repository) -> None:
    report = git(made.folder, "fsck", "--full", "--strict")
    assert report == ""
    size = sum(file.stat().st_size for file in made.folder.rglob("*") if file.is_file())
    assert 3_000_000 < size < 9_000_000


def test_repository_is_not_made_over_another(made: Repository) -> None:
    with pytest.raises(Conflict, match="not empty"):
        build_repository(made.folder, calendar=CALENDAR)


def test_people_are_24_students_in_12_groups_and_3_staff() -> None:
    assert (len(STUDENTS), len(STAFF), len(GROUPS)) == (24, 3, 12)
    assert sorted(member for group in GROUPS for member in group.members) == sorted(one.key for one in STUDENTS)
    assert {len(group.members) for group in GROUPS} == {1, 2, 3}
    assert all(one.email.endswith(".example.org") for one in (*STUDENTS, *STAFF))
    assert len({one.student_number for one in STUDENTS}) == 24


def test_every_python_file_of_every_commit_parses(made: Repository) -> None:
    blobs: dict[str, str] = {}
    for commit in git(made.folder, "rev-list", "--all", "--reflog").split():
        for line in git(made.folder, "ls-tree", "-r", "-z", commit).split("\0"):
            if line.endswith(".py"):
                blobs[line.split()[2]] = line.split("\t")[1]
    for blob, path in blobs.items():
        ast.parse(git(made.folder, "cat-file", "blob", blob), path)
    assert len(blobs) > 60


def test_every_notebook_is_what_it_claims(made: Repository) -> None:
    commit = tip_at(made, timedelta(hours=8))
    kinds: dict[str, str] = {}
    for path in files_of(made, commit):
        if path.endswith(".ipynb"):
            text = read(made, commit, path)
            try:
                notebook = json.loads(text)
            except ValueError:
                kinds[path] = "broken"
                continue
            nbformat.validate(nbformat.reads(text, as_version=notebook["nbformat"]))
            kinds[path] = f"{notebook['nbformat']}.{notebook['nbformat_minor']}"
    assert kinds == {
        "Beta-VAE/main.ipynb": "4.5",
        "ConsistencyModels/main.ipynb": "4.4",
        "ConsistencyModels/train.ipynb": "4.5",
        "CycleGAN/main.ipynb": "4.5",
        "DCGAN/main.ipynb": "4.5",
        "DDPM/main.ipynb": "4.4",
        "FlowMatching/main.ipynb": "4.5",
        "NCSN/ablation.ipynb": "broken",
        "NCSN/main.ipynb": "4.5",
        "PixelCNN/main.ipynb": "4.2",
        "RealNVP/main.ipynb": "3.0",
        "VAE/main.ipynb": "4.0",
        "VQ-VAE/main.ipynb": "4.0",
        "WGAN-GP/main.ipynb": "4.5",
    }


def test_notebooks_hold_every_kind_of_output(made: Repository) -> None:
    commit = tip_at(made, timedelta(hours=8))
    kinds: set[str] = set()
    for key in KEYS:
        cells = json.loads(read(made, commit, f"{key}/main.ipynb")).get("cells", [])
        for output in (output for cell in cells for output in cell.get("outputs", ())):
            kinds |= {output["output_type"], *output.get("data", ())}
    assert kinds == {
        "application/vnd.jupyter.widget-view+json",
        "display_data",
        "error",
        "execute_result",
        "image/png",
        "image/svg+xml",
        "stream",
        "text/html",
        "text/latex",
        "text/plain",
    }
    widgets = json.loads(read(made, commit, "VQ-VAE/main.ipynb"))["metadata"]["widgets"]
    assert "state" not in widgets["application/vnd.jupyter.widget-state+json"]
    flood = json.loads(read(made, commit, "PixelCNN/main.ipynb"))["cells"][3]["outputs"][0]["text"]
    assert len("".join(flood)) > 3_000_000
    assert "\r" in read(made, commit, "WGAN-GP/main.ipynb").encode().decode("unicode_escape", errors="ignore")
    assert "<script" in read(made, commit, "NCSN/main.ipynb")
    counts = [cell.get("execution_count") for cell in json.loads(read(made, commit, "DCGAN/main.ipynb"))["cells"]]
    given = [count for count in counts if count]
    assert given != sorted(given)
    bare = json.loads(read(made, commit, "ConsistencyModels/train.ipynb"))["cells"]
    assert not any(cell.get("outputs") for cell in bare)


def test_tree_holds_a_pointer_a_submodule_and_scripts(made: Repository) -> None:
    commit = tip_at(made)
    modes = files_of(made, commit)
    assert modes["NCSN/third_party/fid"] == "160000"
    assert "example.org" in read(made, commit, ".gitmodules")
    assert modes["VQ-VAE/scripts/download_data.sh"] == "100755"
    assert read(made, commit, "DDPM/weights/ema.pt").startswith(
        "version https://git-lfs.github.com/spec/v1\noid sha256:"
    )


def test_every_project_has_its_paper_goals_and_readme(made: Repository) -> None:
    commit = tip_at(made, timedelta(hours=8))
    modes = files_of(made, commit)
    for key in KEYS:
        assert {f"{key}/README.md", f"{key}/goals.txt", f"{key}/main.ipynb"} <= set(modes)
        assert {f"{key}/info.json", f"{key}/info.yaml"} & set(modes)
        assert person_of(group_of(key).members[0]).name in read(made, commit, f"{key}/README.md")


def test_planted_mistakes_stand_at_their_places_in_version_1(made: Repository) -> None:
    commit = tip_at(made, timedelta(hours=8))
    assert {planted.project for planted in PLANTED} == set(KEYS)
    for planted in PLANTED:
        if not planted.first_line:
            continue
        source = read(made, commit, f"{planted.project}/{planted.path}")
        if planted.cell is not None:
            notebook = nbformat.reads(source, as_version=4)
            source = notebook.cells[planted.cell].source
        lines = source.split("\n")[planted.first_line - 1 : planted.last_line]
        assert planted.quote in "\n".join(lines), planted.name
    counts = [sum(planted.project == key for planted in PLANTED) for key in KEYS]
    assert min(counts) >= 3
    assert all(planted.title and planted.text for planted in PLANTED)


def test_repaired_mistakes_are_mended_in_version_2_and_others_stay(made: Repository) -> None:
    titles = git(made.folder, "log", "--format=%s", MAIN).split("\n")
    for planted in PLANTED:
        mistake = next(one for one in load_sample(planted.project).mistakes if one.name == planted.name)
        if planted.fixed_in_v2:
            assert planted.repair in titles, planted.name
        if not planted.quote:
            continue
        text = read(made, MAIN, f"{planted.project}/{planted.path}")
        if planted.path.endswith(".ipynb"):
            text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
        assert (mistake.fix if planted.fixed_in_v2 else planted.quote) in text, planted.name
    assert {planted.fixed_in_v2 for planted in PLANTED} == {True, False}


def test_reflog_holds_the_moment_of_every_push(made: Repository) -> None:
    received = []
    for ref in dict.fromkeys(push.ref for push in made.pushes):
        for line in (made.folder / "logs" / ref).read_text(encoding="utf-8").splitlines():
            old, new = line.split(" ")[:2]
            received.append((ref, old, new, int(line.split("\t")[0].rsplit(" ", 2)[1])))
    expected = [(push.ref, push.old, push.new, int(push.moment.timestamp())) for push in made.pushes]
    assert sorted(received) == sorted(expected)


def test_play_goes_on_where_it_stood_after_a_restart(tmp_path: Path) -> None:
    repository = build_repository(tmp_path / "shared.git", calendar=CALENDAR)
    assert git(repository.folder, "for-each-ref") == ""
    first = repository.play_until(CALENDAR.version_1)
    again = open_repository(repository.folder)
    assert again.play_until(CALENDAR.version_1) == ()
    assert again.played() == first
    assert git(repository.folder, "rev-parse", MAIN).strip() == tip_at(again)
    rest = again.play_until(CALENDAR.version_2)
    assert first + rest == repository.pushes
    assert open_repository(repository.folder).played() == repository.pushes


def test_play_refuses_a_branch_that_somebody_else_moved(tmp_path: Path) -> None:
    repository = build_repository(tmp_path / "shared.git", calendar=CALENDAR)
    first = repository.play_until(CALENDAR.term_start + timedelta(days=60))
    tree = git(repository.folder, "rev-parse", f"{MAIN}^{{tree}}").strip()
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    foreign = git(repository.folder, *identity, "commit-tree", tree, "-m", "foreign").strip()
    git(repository.folder, "update-ref", MAIN, foreign)
    assert first
    with pytest.raises(Conflict, match="not one of its pushes"):
        repository.play_until(CALENDAR.version_2)


def test_history_has_the_cases_of_a_real_semester(made: Repository) -> None:
    due = CALENDAR.version_1
    late = [push for push in made.pushes if push.project == "CycleGAN" and push.moment == due + timedelta(minutes=40)]
    assert len(late) == 1
    assert min(push.moment for push in made.pushes if push.project == "DCGAN") > due
    lying = next(push for push in made.pushes if push.project == "DCGAN")
    assert int(git(made.folder, "show", "-s", "--format=%ct", lying.new)) < due.timestamp() < lying.moment.timestamp()
    forced = [push for push in made.pushes if push.forced]
    assert [push.project for push in forced] == ["NCSN"]
    assert forced[0].moment > due
    merged = git(made.folder, "merge-base", forced[0].old, forced[0].new).strip()
    assert merged not in {forced[0].old, forced[0].new}
    assert "NCSN/cifar10_statistics.npz" in files_of(made, tip_at(made))
    assert "NCSN/cifar10_statistics.npz" not in files_of(made, MAIN)
    formatter = next(push for push in made.pushes if push.title == "run formatter")
    touched = git(made.folder, "diff", "--name-only", f"{formatter.new}^", formatter.new).split()
    assert (formatter.project, touched) == ("PixelCNN", ["PixelCNN/README.md", "VAE/README.md"])
    left = due - timedelta(days=group_of("ConsistencyModels").withdrawn[0][1])
    assert max(push.moment for push in made.pushes if push.by == "omer") < left
    pull = next(push for push in made.pushes if push.ref == "refs/pull/3/head")
    merge = next(push for push in made.pushes if push.title.startswith("Merge pull request #3"))
    assert pull.new in git(made.folder, "show", "-s", "--format=%P", merge.new).split()
    counts = [sum(push.project == key for push in made.pushes) for key in KEYS]
    assert (min(counts) >= 4, max(counts) <= 10) == (True, True)
