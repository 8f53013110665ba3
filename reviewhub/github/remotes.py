"""Which shared repositories may be named: https, ssh, and local paths where the installation allows them."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reviewhub.errors import BadInput

_SCP_LIKE = re.compile(r"^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:(?!//)[^\s:]+$")


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A checked address; `folder` is the git directory where the repository is on this disk."""

    address: str
    folder: Path | None = None


def check_remote(address: str, *, local_paths: bool) -> Remote:
    """Check the address of a shared repository; BadInput says in one sentence what it has to be."""
    text = address.strip()
    if not text or any(not letter.isprintable() for letter in text) or text.startswith("-"):
        raise BadInput("The shared repository needs an address, such as https://github.com/name/repository.")
    if text.startswith(("/", "file://")):
        return _local(text.removeprefix("file://"), local_paths=local_paths)
    if _SCP_LIKE.match(text):
        return Remote(address=text)
    try:
        parts = urlsplit(text)
    except ValueError:  # "http://[": no address at all
        parts = urlsplit("")
    if parts.scheme not in {"https", "ssh"} or not parts.hostname or "::" in text.partition("//")[0]:
        msg = f"“{text}” is not an address the shared repository can have: use https://… or ssh://…."
        raise BadInput(msg)
    if parts.password or (parts.scheme == "https" and parts.username):
        msg = "The address must not hold a name or password: put the token into the environment of the program."
        raise BadInput(msg)
    return Remote(address=text)


def _local(text: str, *, local_paths: bool) -> Remote:
    if not local_paths:
        msg = "This installation does not read repositories from its own disk (git.local_paths in config.toml)."
        raise BadInput(msg)
    path = Path(text)
    folder = next((place for place in (path / ".git", path) if (place / "HEAD").is_file()), None)
    if folder is None:
        msg = f"There is no git repository at {text}."
        raise BadInput(msg)
    return Remote(address=str(path), folder=folder)
