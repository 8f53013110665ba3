"""Remotes over the network: tokens, refusals, and servers that hang, drip, break off or lead elsewhere."""

import os
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from reviewhub.errors import BadInput, OutsideFailed
from reviewhub.github.git import GitFailed, GitTooSlow, run_git
from reviewhub.github.mirror import look_at, mirrored_refs
from reviewhub.github.objects import Objects
from reviewhub.github.remotes import Remote, check_remote, reach, way_to
from tests.github.pushing import START, SharedRepository
from tests.github.serving import drip, hang, moved_to, only_the_pack, reset, served

TOKEN = "ghs_hunter2hunter2"


def remote_at(address: str) -> Remote:
    return check_remote(address, local_paths=False, private_addresses=True)


def git_children() -> list[str]:
    """The command lines of git processes that talk to a loopback server."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = place.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if "remote-http" in text and "127.0.0.1" in text:
            found.append(text)
    return found


def test_repository_behind_a_token_is_mirrored_with_its_pull_requests(shared: SharedRepository, mirror: Path) -> None:
    commit = shared.receive({"AWGAN/main.py": "x = 1\n"}, at=START)
    shared.at_remote("update-ref", "refs/pull/3/head", commit)
    shared.at_remote("update-ref", "refs/pull/3/merge", commit)

    with served(shared.bare.parent, token=TOKEN) as server:
        look = look_at(mirror, remote_at(server.address), {}, token=TOKEN)
        again = look_at(mirror, remote_at(server.address), look.refs, token=TOKEN)

    assert look.refs == {"refs/heads/main": commit, "refs/pull/3/head": commit}
    assert look.default_branch == "refs/heads/main"
    assert (look.logs, again.moves) == ({}, ())
    assert Objects(mirror).has(commit)


def test_token_is_in_the_childs_environment_only(
    shared: SharedRepository, mirror: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shared.receive({"a": "1"}, at=START)
    with served(shared.bare.parent, token=TOKEN) as server:
        look_at(mirror, remote_at(server.address), {}, token=TOKEN)
        environment = way_to(remote_at(server.address), token=TOKEN)

    secret = environment["GIT_CONFIG_VALUE_0"].split()[-1]
    assert any(b"remote-http" in line for line in server.seen_commands)
    for told in (TOKEN, secret):
        assert [line for line in server.seen_commands if told.encode() in line] == []
        assert told not in "".join(capfd.readouterr())
        for file in mirror.rglob("*"):
            assert not file.is_file() or told.encode() not in file.read_bytes()


@pytest.mark.parametrize("token", ["", "old"])
def test_wrong_token_is_told_in_a_sentence(shared: SharedRepository, mirror: Path, token: str) -> None:
    shared.receive({"a": "1"}, at=START)
    with served(shared.bare.parent, token=TOKEN) as server, pytest.raises(GitFailed) as failed:
        look_at(mirror, remote_at(server.address), {}, token=token)
    assert failed.value.message == (
        "The shared repository cannot be read: it asks for a password, and the installation's token is missing, wrong or "
        "no longer valid."
    )


def test_token_that_is_revoked_leaves_the_mirror_as_it_was(shared: SharedRepository, mirror: Path) -> None:
    first = shared.receive({"a": "1"}, at=START)
    with served(shared.bare.parent, token=TOKEN) as server:
        look_at(mirror, remote_at(server.address), {}, token=TOKEN)
        shared.receive({"a": "2"}, at=START)
        server.token = "another"
        with pytest.raises(GitFailed):
            look_at(mirror, remote_at(server.address), {}, token=TOKEN)
    assert mirrored_refs(mirror) == {"refs/heads/main": first}
    run_git(mirror, "fsck", "--full")


def test_redirect_to_another_host_is_not_followed(shared: SharedRepository, mirror: Path) -> None:
    shared.receive({"a": "1"}, at=START)
    with served(shared.bare.parent) as elsewhere, served(shared.bare.parent, token=TOKEN) as server:
        server.mood = moved_to(elsewhere.address)
        with pytest.raises(GitFailed, match="it has moved"):
            look_at(mirror, remote_at(server.address), {}, token=TOKEN)
    assert elsewhere.asked == []


@pytest.mark.parametrize("mood", [hang, drip])
def test_fetch_that_hangs_or_drips_is_stopped_at_the_limit_with_its_children(
    shared: SharedRepository, mirror: Path, mood
) -> None:
    shared.receive({"a": "1"}, at=START)
    with served(shared.bare.parent, mood=only_the_pack(mood)) as server:
        began = time.monotonic()
        with pytest.raises((GitTooSlow, GitFailed)):
            look_at(mirror, remote_at(server.address), {}, limit_seconds=2)
        assert time.monotonic() - began < 25  # both of them would last 30
        until = time.monotonic() + 30  # the system takes a moment to end what was killed
        while (left := [line for line in git_children() if str(server.port) in line]) and time.monotonic() < until:
            time.sleep(0.02)
        assert left == []
        server.mood = None
        look_at(mirror, remote_at(server.address), {})
    assert list(mirrored_refs(mirror)) == ["refs/heads/main"]


def test_fetch_that_breaks_off_is_a_failure_and_the_next_works_unaided(shared: SharedRepository, mirror: Path) -> None:
    commit = shared.receive({"a": "1"}, at=START)
    with served(shared.bare.parent, mood=only_the_pack(reset)) as server:
        with pytest.raises(GitFailed, match="cannot be fetched"):
            look_at(mirror, remote_at(server.address), {})
        server.mood = None
        look_at(mirror, remote_at(server.address), {})
    assert mirrored_refs(mirror) == {"refs/heads/main": commit}
    run_git(mirror, "fsck", "--full")


def test_low_speed_and_missing_prompts_are_settings_of_every_child() -> None:
    settings = run_git(None, "config", "--global", "--list").decode()
    assert "http.lowspeedlimit=1000" in settings
    assert "http.lowspeedtime=30" in settings
    assert "http.followredirects=false" in settings
    assert "transfer.fsckobjects=true" in settings


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/x.git",
        "https://localhost/x.git",
        "https://10.1.2.3/x.git",
        "https://192.168.0.9/x.git",
        "https://169.254.169.254/latest",
        "https://0.0.0.0/x",
        "https://100.64.0.1/x",
        "https://[::1]/x.git",
        "https://[::ffff:10.0.0.1]/x.git",
        "https://[64:ff9b::10.0.0.1]/x.git",
        "https://[fd00::1]/x.git",
        "https://2130706433/x.git",
        "https://127.1/x.git",
        "ssh://git@127.0.0.1/x.git",
        "git@localhost:x.git",
    ],
)
def test_private_address_is_refused_unless_the_installation_allows_it(address: str, mirror: Path) -> None:
    with pytest.raises(OutsideFailed, match=r"git\.private_addresses"):
        look_at(mirror, check_remote(address, local_paths=False), {})
    assert not mirror.exists()
    reach(check_remote(address, local_paths=False, private_addresses=True))


def test_public_number_is_reached_as_it_is_and_a_name_only_at_its_numbers() -> None:
    assert reach(check_remote("https://1.1.1.1/x.git", local_paths=False)) == ()
    named = way_to(remote_at("https://localhost:8443/x.git"))
    by_ssh = way_to(remote_at("git@localhost:x.git"))
    assert re.fullmatch(r"localhost:8443:[0-9.:,]+", named["GIT_CONFIG_VALUE_0"])
    assert named["GIT_ALLOW_PROTOCOL"] == "https"
    assert re.search(r"-o HostName=(127\.0\.0\.1|::1) -o HostKeyAlias=localhost$", by_ssh["GIT_SSH_COMMAND"])
    assert by_ssh["GIT_ALLOW_PROTOCOL"] == "ssh"


@pytest.mark.parametrize(
    "address",
    [
        "ssh://-oProxyCommand=touch%20x/y",
        "ssh://-oProxyCommand=x@host/y",
        "ssh://git@-oProxyCommand=x/y",
        "git@-oProxyCommand=x:y",
        "git@host:-oProxyCommand=x",
        "ssh://git@host:0/y",
        "ssh://git@host:port/y",
        "ssh://git@ho$(id)st/y",
        "https://exa mple.org/x",
        "http://127.0.0.1:1/x",
        "http://example.org/x",
        "https://token@example.org/x",
        "https:///x",
        "https://[::1/x",
    ],
)
def test_address_that_could_be_an_option_or_a_secret_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        check_remote(address, local_paths=False)


def test_loopback_http_needs_the_installations_leave() -> None:
    assert check_remote("http://127.0.0.1:1/x", local_paths=False, private_addresses=True).protocol == "http"
    with pytest.raises(BadInput):
        check_remote("http://10.0.0.1/x", local_paths=False, private_addresses=True)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hundred_fetches_killed_at_random_moments_leave_nothing_to_clean(
    shared: SharedRepository, mirror: Path
) -> None:
    """Killed with −9: by turns the worker alone, whose git children live on, and the worker with all of them."""
    import random

    chance = random.Random(7)
    remote = check_remote(str(shared.bare), local_paths=True)
    shared.receive({"a": "0"}, at=START)
    for count in range(200):
        if count % 5 == 0:
            shared.receive({f"f{count}": "x" * 5000, "a": str(count)}, at=START + timedelta(minutes=count))
        child = os.fork()
        if child == 0:
            try:
                look_at(mirror, remote, {}, limit_seconds=20)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, 0.09))
        victims = [child, *(descendants(child) if count % 2 else [])]
        for victim in victims:
            try:
                os.kill(victim, 9)
            except ProcessLookupError:
                continue
        os.waitpid(child, 0)

    last = shared.head()
    look = look_at(mirror, remote, {})

    assert look.refs == {"refs/heads/main": last}
    assert run_git(mirror, "fsck", "--full", "--strict") == b""
    assert list((mirror / "objects" / "pack").glob("tmp_*")) == []


def descendants(process: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    try:
        children = [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
    return [*children, *(other for one in children for other in descendants(one))]
