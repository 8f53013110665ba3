"""`reviewhub projects …`, on an installation of its own with a real repository."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewhub.cli.course import course
from reviewhub.cli.projects import projects
from tests.github.pushing import SharedRepository
from tests.projects.worlds import EARLY, FILES

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, shared: SharedRepository) -> Run:
    """Run a command of this room; the course's repository holds two projects."""
    shared.receive(FILES, at=EARLY)
    config = tmp_path / "config.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/r.sqlite"\nwork_url = "sqlite:///{tmp_path}/w.sqlite"\n'
        f'[files]\ndata = "{tmp_path}"\n[git]\nlocal_paths = true\n'
    )
    added = CliRunner().invoke(
        course, ["add", "ceng796", "--slug", "ceng796", "--remote", str(shared.bare)], obj=config
    )
    assert added.exit_code == 0, added.output

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(projects, list(arguments), obj=config, standalone_mode=False)

    return command


def test_repository_is_looked_at_and_its_projects_are_found(run: Run) -> None:
    before = run("found", "ceng796")
    mirrored = run("mirror", "ceng796")
    again = run("mirror", "ceng796")
    found = run("found", "ceng796")

    assert before.output == "The repository was not looked at yet: reviewhub projects mirror ceng796\n"
    assert (mirrored.output, again.output) == ("1 new push recorded.\n", "0 new pushes recorded.\n")
    assert found.output == (
        "AWGAN  Attentive GAN: a second look  (not confirmed)\n"
        "  AWGAN on refs/heads/main: it has info.yaml, it has 1 notebook, it has README.md\n"
        "DiffEdit  DiffEdit  (not confirmed)\n"
        "  DiffEdit on refs/heads/main: it has info.json, it has 1 notebook\n"
        "2 places found.\n"
    )
    assert run("list", "ceng796").output == "0 projects.\n"


def test_repository_that_is_away_is_one_sentence(run: Run, shared: SharedRepository) -> None:
    shared.bare.rename(shared.bare.with_name("elsewhere.git"))
    outcome = run("mirror", "ceng796")
    assert (outcome.return_value, outcome.output) == (1, f"There is no git repository at {shared.bare}.\n")
