"""Run the git program: argument lists only, none of the machine's settings, and a limit on everything.

Callers write `--end-of-options` before revisions and `--` before paths; names stay bytes.
"""

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from reviewhub.errors import Misconfigured, OutsideFailed

CONFIG_FILE = Path(__file__).with_name("git.config")
LIMIT_SECONDS = 30.0
MEMORY_BYTES = 256 << 20
"""What git may take to answer a question about a repository that may be absurd; packs on the disk do not count."""
# What a look at a remote may use is narrowed to that remote's own protocol in `remotes.py`.
PROTOCOLS = "file"

KEPT_VARIABLES = (
    "PATH",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
)

Argument: TypeAlias = str | bytes | Path


class GitFailed(OutsideFailed):
    """Git ended with an error; `code` is its exit code and `said` its last words."""

    def __init__(self, message: str, *, code: int, said: str) -> None:
        """Keep git's own words beside our sentence."""
        super().__init__(message)
        self.code = code
        self.said = said


class GitTooSlow(OutsideFailed):
    """Git was stopped because it passed its time limit."""


class GitTooMuch(OutsideFailed):
    """Git was stopped because it had more to say than anybody wants to hear."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one run of git left: exit code and both streams as bytes."""

    code: int
    out: bytes
    err: bytes


@functools.cache
def git_program() -> str:
    """The git on the search path; Misconfigured where there is none."""
    found = shutil.which("git")
    if found is None:
        msg = "git is not installed on this machine: install the package git."
        raise Misconfigured(msg)
    return found


def git_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a git child: what it needs to run, and nothing that changes its behaviour."""
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment.update(quiet_variables())
    environment.update(more or {})
    return environment


def quiet_variables() -> dict[str, str]:
    """The variables that make git ignore the machine's settings and never ask anybody anything."""
    return {
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(CONFIG_FILE),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def command(repository: Path | None, arguments: Sequence[Argument]) -> list[Argument]:
    """The argument list of one git child."""
    place: list[Argument] = [] if repository is None else [f"--git-dir={repository}"]
    return [git_program(), "--no-pager", *place, *arguments]


def ask_git(
    repository: Path | None,
    *arguments: Argument,
    send: bytes = b"",
    limit_seconds: float = LIMIT_SECONDS,
    environment: Mapping[str, str] | None = None,
    holds: Sequence[int] = (),
) -> Answer:
    """Run git to its end and return exit code and streams; GitTooSlow when it passes `limit_seconds`.

    `holds` are open files that the child keeps open, such as a lock that must last as long as anybody writes.
    """
    child = subprocess.Popen(  # noqa: S603 - argument list, fixed program, own environment
        command(repository, arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=git_environment(environment),
        start_new_session=True,
        pass_fds=holds,
    )
    try:
        out, err = child.communicate(send, timeout=limit_seconds)
    except subprocess.TimeoutExpired as slow:
        stop(child)
        msg = f"git took longer than {limit_seconds:g} seconds and was stopped."
        raise GitTooSlow(msg) from slow
    except BaseException:
        stop(child)
        raise
    return Answer(code=child.returncode, out=out, err=err)


def run_git(
    repository: Path | None,
    *arguments: Argument,
    send: bytes = b"",
    limit_seconds: float = LIMIT_SECONDS,
    environment: Mapping[str, str] | None = None,
    holds: Sequence[int] = (),
) -> bytes:
    """Run git and return its output; GitFailed with git's last words when it ends with an error."""
    answer = ask_git(
        repository, *arguments, send=send, limit_seconds=limit_seconds, environment=environment, holds=holds
    )
    if answer.code != 0:
        said = last_words(answer.err)
        msg = f"git could not do this: {said}" if said else f"git ended with exit code {answer.code}."
        raise GitFailed(msg, code=answer.code, said=said)
    return answer.out


def read_git(
    repository: Path, *arguments: Argument, send: bytes = b"", limit_seconds: float, limit_bytes: int
) -> bytes:
    """Run git on a repository that may be absurd: like `run_git`, and stopped at so much output or memory.

    A commit of a few kilobytes can stand for ten thousand million paths, which git gathers before it says a word.
    Raises GitTooMuch, GitTooSlow, GitFailed. Git has to take in everything that is sent before it answers.
    """
    child = subprocess.Popen(  # noqa: S603 - argument list, fixed program, own environment
        command(repository, arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=git_environment(),
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(OSError):
        resource.prlimit(child.pid, resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    late = threading.Event()
    watch = threading.Timer(limit_seconds, _stop_late, (child, late))
    watch.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(send)
            child.stdin.close()
        out = child.stdout.read(limit_bytes + 1)
        if len(out) <= limit_bytes:
            child.wait()
    finally:
        watch.cancel()
        stop(child)
    if late.is_set():
        msg = f"git took longer than {limit_seconds:g} seconds and was stopped."
        raise GitTooSlow(msg)
    if len(out) > limit_bytes:
        msg = "git had too much to say and was stopped."
        raise GitTooMuch(msg)
    if child.returncode != 0:
        msg = f"git ended with exit code {child.returncode}."
        raise GitFailed(msg, code=child.returncode, said="")
    return out


def _stop_late(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a git child with everything it started, and collect it."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            stream.close()
    child.wait()


def last_words(err: bytes) -> str:
    """Git's own explanation, one line, without its prefixes; at most 300 characters."""
    lines = [line.strip() for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote: fatal:"))] or lines
    words = telling[0] if telling else ""
    for prefix in ("remote: ", "fatal: ", "error: "):
        words = words.removeprefix(prefix)
    return "".join(letter for letter in words if letter.isprintable())[:300]
