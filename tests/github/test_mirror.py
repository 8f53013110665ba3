"""The mirror follows the remote, tells what moved, and loses nothing that was received."""

import os
import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from reviewhub.errors import BadInput, Conflict, OutsideFailed
from reviewhub.github.git import GitFailed, GitTooSlow, run_git
from reviewhub.github.mirror import Move, look_at, mirrored_refs
from reviewhub.github.objects import Objects
from reviewhub.github.pins import pin, pinned
from reviewhub.github.remotes import Remote, check_remote
from tests.github.pushing import START, SharedRepository


def remote_of(shared: SharedRepository) -> Remote:
    return check_remote(str(shared.bare), local_paths=True)


def test_first_look_tells_every_ref(shared: SharedRepository, mirror: Path) -> None:
    commit = shared.receive({"AWGAN/main.py": "x = 1\n"}, at=START)
    shared.at_remote("update-ref", "refs/pull/7/head", commit)
    shared.at_remote("tag", "start", commit)

    look = look_at(mirror, remote_of(shared), {})

    assert look.moves == tuple(
        Move(ref=ref, old=None, new=commit, forced=False)
        for ref in ("refs/heads/main", "refs/pull/7/head", "refs/tags/start")
    )
    assert look.default_branch == "refs/heads/main"
    assert [move.at for move in look.logs["refs/heads/main"]] == [START]


def test_second_look_tells_only_what_moved(shared: SharedRepository, mirror: Path) -> None:
    first = shared.receive({"a": "1"}, at=START)
    look_at(mirror, remote_of(shared), {})
    second = shared.receive({"a": "2"}, at=START + timedelta(hours=1))

    look = look_at(mirror, remote_of(shared), {"refs/heads/main": first})
    again = look_at(mirror, remote_of(shared), {"refs/heads/main": second})

    assert look.moves == (Move(ref="refs/heads/main", old=first, new=second, forced=False),)
    assert again.moves == ()


def test_look_tells_a_move_that_an_interrupted_look_already_fetched(shared: SharedRepository, mirror: Path) -> None:
    first = shared.receive({"a": "1"}, at=START)
    look_at(mirror, remote_of(shared), {})
    second = shared.receive({"a": "2"}, at=START)
    look_at(mirror, remote_of(shared), {"refs/heads/main": first})  # its outcome was never written down

    look = look_at(mirror, remote_of(shared), {"refs/heads/main": first})

    assert [(move.old, move.new) for move in look.moves] == [(first, second)]


def test_forced_push_is_told_and_the_old_tip_survives_a_clean_up(shared: SharedRepository, mirror: Path) -> None:
    base = shared.receive({"a": "0"}, at=START)
    first = shared.receive({"a": "1"}, at=START)
    look_at(mirror, remote_of(shared), {})
    shared.back_to(base)
    shared.commit({"a": "2"})
    second = shared.push(at=START, force=True)

    look = look_at(mirror, remote_of(shared), {"refs/heads/main": first})
    shared.clean_up()
    run_git(mirror, "gc", "--quiet", "--prune=now")

    assert look.moves == (Move(ref="refs/heads/main", old=first, new=second, forced=True),)
    assert Objects(mirror).commit(first) is not None


def test_deleted_branch_is_told_and_pins_are_never_pruned(shared: SharedRepository, mirror: Path) -> None:
    commit = shared.receive({"a": "1"}, at=START, ref="awgan")
    look_at(mirror, remote_of(shared), {})
    pin(mirror, "p1/1/1", commit)
    shared.at_remote("update-ref", "-d", "refs/heads/awgan")

    look = look_at(mirror, remote_of(shared), {"refs/heads/awgan": commit})

    assert look.moves == (Move(ref="refs/heads/awgan", old=commit, new=None, forced=False),)
    assert mirrored_refs(mirror) == {}
    assert pinned(mirror, "p1/1/1") == commit


def test_commit_between_two_looks_is_brought_over_from_the_log(shared: SharedRepository, mirror: Path) -> None:
    base = shared.receive({"a": "0"}, at=START)
    look_at(mirror, remote_of(shared), {})
    lost = shared.receive({"a": "in time"}, at=START + timedelta(hours=1))
    shared.back_to(base)
    shared.commit({"a": "late"})
    shared.push(at=START + timedelta(hours=2), force=True)

    look = look_at(mirror, remote_of(shared), {"refs/heads/main": base})

    assert [move.new for move in look.logs["refs/heads/main"]][:2] == [base, lost]
    assert Objects(mirror).commit(lost) is not None


def test_what_a_killed_fetch_leaves_does_not_stop_the_next(shared: SharedRepository, mirror: Path) -> None:
    shared.receive({"a": "1"}, at=START)
    look_at(mirror, remote_of(shared), {})
    for remains in ("refs/mirror/heads/main.lock", "packed-refs.lock", "HEAD.lock", "objects/pack/tmp_pack_x"):
        (mirror / remains).parent.mkdir(parents=True, exist_ok=True)
        (mirror / remains).write_bytes(b"")
    second = shared.receive({"a": "2"}, at=START)

    look_at(mirror, remote_of(shared), {})

    assert mirrored_refs(mirror) == {"refs/heads/main": second}
    assert not (mirror / "objects/pack/tmp_pack_x").exists()
    run_git(mirror, "fsck", "--full")


def test_repository_with_a_hole_is_mirrored_as_far_as_it_is_there(shared: SharedRepository, mirror: Path) -> None:
    commit = shared.receive({"p/main.ipynb": "lost", "p/README.md": "kept"}, at=START)
    lost = shared.at_clone("rev-parse", "HEAD:p/main.ipynb")
    (shared.bare / "objects" / lost[:2] / lost[2:]).unlink()

    look_at(mirror, remote_of(shared), {})

    objects = Objects(mirror)
    tree = objects.folder_tree(commit, "p")
    assert tree is not None
    assert [(entry.path, entry.missing) for entry in objects.listing(tree).entries] == [
        ("README.md", False),
        ("main.ipynb", True),
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")
def test_repository_of_another_owner_is_read(shared: SharedRepository, mirror: Path) -> None:
    commit = shared.receive({"a": "1"}, at=START)
    for path in (shared.bare, *shared.bare.rglob("*")):
        os.chown(path, 12345, 12345)
    look_at(mirror, remote_of(shared), {})
    assert mirrored_refs(mirror) == {"refs/heads/main": commit}


def test_git_reads_no_settings_of_the_machine(
    shared: SharedRepository, mirror: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".gitconfig").write_text(f'[url "/nowhere/"]\n\tinsteadOf = {shared.bare.parent}/\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.sshCommand")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "false")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    commit = shared.receive({"a": "1"}, at=START)
    look_at(mirror, remote_of(shared), {})
    assert mirrored_refs(mirror) == {"refs/heads/main": commit}


def test_empty_repository_has_no_moves(shared: SharedRepository, mirror: Path) -> None:
    look = look_at(mirror, remote_of(shared), {})
    assert (look.moves, look.default_branch) == ((), None)


def test_remote_that_is_gone_is_a_failure_of_the_outside(shared: SharedRepository, mirror: Path) -> None:
    shared.receive({"a": "1"}, at=START)
    remote = remote_of(shared)
    look_at(mirror, remote, {})
    shared.bare.rename(shared.bare.with_name("elsewhere.git"))

    with pytest.raises(GitFailed, match="The shared repository cannot be read"):
        look_at(mirror, remote, {})
    assert list(mirrored_refs(mirror)) == ["refs/heads/main"]


def test_remote_that_hangs_is_stopped_at_the_limit(mirror: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"https://127.0.0.1:{server.getsockname()[1]}/x.git"
        held: list[socket.socket] = []
        waiting = threading.Thread(target=lambda: held.append(server.accept()[0]))
        waiting.start()
        with pytest.raises(GitTooSlow):
            look_at(mirror, Remote(address=address, within=True), {}, limit_seconds=1)
        waiting.join()
        held[0].close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "-x",
        "ext::sh -c true",
        "http://example.org/x",
        "https://user:secret@example.org/x",
        "fd::3",
        "x\ny",
        "git://h/x",
    ],
)
def test_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        check_remote(address, local_paths=True)


def test_local_path_is_refused_where_the_installation_does_not_allow_it(shared: SharedRepository) -> None:
    with pytest.raises(BadInput, match=r"git\.local_paths"):
        check_remote(str(shared.bare), local_paths=False)


@pytest.mark.parametrize("address", ["https://github.com/a/b", "git@github.com:a/b.git", "ssh://git@example.org/a.git"])
def test_usual_addresses_are_taken(address: str) -> None:
    assert check_remote(address, local_paths=False) == Remote(address=address)


def test_pin_is_set_once(shared: SharedRepository, mirror: Path) -> None:
    first = shared.receive({"a": "1"}, at=START)
    second = shared.receive({"a": "2"}, at=START)
    look_at(mirror, remote_of(shared), {})

    pin(mirror, "p1/1/1", first)
    pin(mirror, "p1/1/1", first)
    with pytest.raises(Conflict):
        pin(mirror, "p1/1/1", second)
    with pytest.raises(OutsideFailed):
        pin(mirror, "p1/1/2", "1" * 40)

    assert pinned(mirror, "p1/1/1") == first
