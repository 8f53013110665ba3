"""A real shared repository on disk: pushes with the second they arrive at, force-pushes, clean-ups."""

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class SharedRepository:
    """A bare repository that keeps a log of what it receives, and one clone that pushes to it."""

    def __init__(self, folder: Path, *, logs: bool = True) -> None:
        """Make both under `folder`; with `logs` the bare one remembers when each push arrived."""
        self.bare = folder / "shared.git"
        self.clone = folder / "clone"
        self._git("init", "-q", "--bare", "-b", "main", str(self.bare))
        if logs:
            self.at_remote("config", "core.logAllRefUpdates", "true")
        self._git("init", "-q", "-b", "main", str(self.clone))
        self.at_clone("remote", "add", "origin", str(self.bare))

    def _git(self, *arguments: str, at: datetime = START, send: bytes | None = None) -> str:
        moment = f"{int(at.timestamp())} +0000"
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Ada Example",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada Example",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_DATE": moment,
        }
        done = subprocess.run(["git", *arguments], check=True, capture_output=True, env=environment, input=send)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def at_remote(self, *arguments: str, at: datetime = START) -> str:
        """Run git in the bare repository."""
        return self._git(f"--git-dir={self.bare}", *arguments, at=at)

    def at_clone(self, *arguments: str, at: datetime = START, send: bytes | None = None) -> str:
        """Run git in the clone."""
        return self._git("-C", str(self.clone), *arguments, at=at, send=send)

    def commit(self, files: Mapping[str, str | bytes | None], *, at: datetime = START, said: str = "work") -> str:
        """Write (None: remove) files and commit them; return the commit."""
        for name, content in files.items():
            path = self.clone / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.at_clone("add", "-A")
        self.at_clone("commit", "-q", "--allow-empty", "-m", said, at=at)
        return self.head()

    def head(self) -> str:
        """The clone's present commit."""
        return self.at_clone("rev-parse", "HEAD")

    def push(self, *, at: datetime, ref: str = "main", force: bool = False) -> str:
        """Push the clone's present commit, arriving at `at`; return it."""
        more = ["--force"] if force else []
        self.at_clone("push", "-q", *more, "origin", f"HEAD:refs/heads/{ref}", at=at)
        return self.head()

    def receive(self, files: Mapping[str, str | bytes | None], *, at: datetime, ref: str = "main") -> str:
        """Commit and push at once."""
        self.commit(files, at=at)
        return self.push(at=at, ref=ref)

    def back_to(self, commit: str) -> None:
        """Throw away what the clone has after `commit`."""
        self.at_clone("reset", "-q", "--hard", commit)

    def clean_up(self) -> None:
        """Remove for ever what no branch of the bare repository holds any more."""
        self.at_remote("reflog", "expire", "--expire=all", "--expire-unreachable=all", "--all")
        self.at_remote("gc", "-q", "--prune=now")
