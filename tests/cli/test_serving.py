"""What `reviewhub serve` refuses, in one sentence each, and how it comes up and goes down."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewhub.cli.serving import check_machine, open_sockets
from reviewhub.config import DemonstrationSettings, FilesSettings, ServerSettings, Settings
from reviewhub.errors import Misconfigured


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def ports() -> tuple[int, int]:
    """Two free ports."""
    return free_port(), free_port()


@pytest.fixture
def server_settings(settings: Settings, ports: tuple[int, int]) -> Settings:
    """An installation on free ports."""
    server = ServerSettings(base_url=f"http://127.0.0.1:{ports[0]}", content_url=f"http://localhost:{ports[1]}")
    return settings.model_copy(update={"server": server})


def test_both_origins_are_listened_on(server_settings: Settings, ports: tuple[int, int]) -> None:
    sockets = open_sockets(server_settings, None, None)

    assert {one.getsockname()[1] for one in sockets} == set(ports)
    for one in sockets:
        one.close()


def test_a_port_in_use_is_refused_and_named(server_settings: Settings, ports: tuple[int, int]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[1]))
        other.listen()

        with pytest.raises(Misconfigured, match=rf"^Port {ports[1]} on 127.0.0.1 is in use: "):
            open_sockets(server_settings, None, None)


def test_a_demonstration_listens_on_this_machine_only(server_settings: Settings) -> None:
    shown = server_settings.model_copy(update={"demonstration": DemonstrationSettings(personas=True)})

    with pytest.raises(Misconfigured, match=r"this machine only, not on 0\.0\.0\.0"):
        open_sockets(shown, "0.0.0.0:8000", None)


@pytest.mark.parametrize("place", ["8000", "here:there", ":80"])
def test_a_place_that_is_no_host_and_port_is_refused(server_settings: Settings, place: str) -> None:
    with pytest.raises(Misconfigured, match="is not HOST:PORT"):
        open_sockets(server_settings, place, None)


def test_a_data_folder_that_cannot_be_written_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = settings.model_copy(update={"files": FilesSettings(data=tmp_path / "file" / "data")})

    with pytest.raises(Misconfigured, match=r"^The data folder .* cannot be written: Not a directory\.$"):
        check_machine(blocked)


def test_a_missing_git_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Misconfigured, match=r"^ReviewHub needs git: install the package 'git'\.$"):
        check_machine(settings)


def write_config(folder: Path, ports: tuple[int, int]) -> Path:
    """An installation's settings file."""
    file = folder / "config.toml"
    file.write_text(
        f"""
        [database]
        url = "sqlite:///{folder}/reviewhub.sqlite"
        work_url = "sqlite:///{folder}/work.sqlite"
        [files]
        data = "{folder}"
        objects = "{folder}/objects"
        [server]
        base_url = "http://127.0.0.1:{ports[0]}"
        content_url = "http://localhost:{ports[1]}"
        """,
        encoding="utf-8",
    )
    return file


def reviewhub(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "reviewhub", *map(str, arguments)], check=False, capture_output=True, text=True
    )


@pytest.fixture
def program(tmp_path: Path, ports: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    """The program, told to serve."""
    config = write_config(tmp_path, ports)
    with subprocess.Popen(
        [sys.executable, "-m", "reviewhub", "--config", str(config), "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def fetch(url: str) -> bytes:
    """What the address answers."""
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_program_serves_until_it_is_told_to_stop(
    program: subprocess.Popen[str], ports: tuple[int, int], stop: int
) -> None:
    first = program.stdout.readline()
    answers = [fetch(f"http://127.0.0.1:{ports[0]}/{page}") for page in ("healthz", "readyz")]
    program.send_signal(stop)
    out, err = program.communicate(timeout=60)

    assert first == f"ReviewHub answers on http://127.0.0.1:{ports[0]} (Ctrl-C stops it).\n"
    assert answers == [b"ok\n", b"ready\n"]
    assert out == "ReviewHub has stopped.\n"
    assert "Traceback" not in err
    assert program.returncode == 0


def test_a_port_in_use_ends_the_command_with_one_sentence_and_exit_code_2(
    tmp_path: Path, ports: tuple[int, int]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[0]))
        other.listen()
        done = reviewhub("--config", write_config(tmp_path, ports), "serve")

    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(rf"Port {ports[0]} on 127\.0\.0\.1 is in use: [^\n]+\.\n", done.stderr)


def test_an_installation_is_backed_up_restored_and_checked(tmp_path: Path, ports: tuple[int, int]) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    first, second = (write_config(tmp_path / name, ports) for name in ("first", "second"))
    file = tmp_path / "backup.tar.gz"

    steps = [
        reviewhub("--config", first, "db", "upgrade"),
        reviewhub("--config", first, "sign-in-link", "ada@example.org", "--administrator"),
        reviewhub("--config", first, "backup", file),
        reviewhub("--config", second, "restore", file),
        reviewhub("--config", second, "check"),
        reviewhub("--config", second, "restore", file),
    ]

    assert [step.returncode for step in steps] == [0, 0, 0, 0, 0, 2]
    assert steps[4].stdout.splitlines()[-1] == "Everything holds."
    assert re.fullmatch(r"The database is not empty; [^\n]+\n", steps[5].stderr)
