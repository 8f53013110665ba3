"""Which shared repositories may be named and reached: https, ssh, and what the installation allows beyond.

A name is looked up here, every address it stands for is judged, and git is told to use exactly those: a name that
answers differently the second time leads nowhere else.
"""

import base64
import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reviewhub.errors import BadInput, OutsideFailed

SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ProxyCommand=none"
WITHIN = "The shared repository lies inside this network, and this installation reads none there"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_SCP_LIKE = re.compile(
    rf"^[A-Za-z0-9._][A-Za-z0-9._-]*@({_HOST}):(?![-/:])[^\s:]+$|^[A-Za-z0-9._][\w.-]*@({_HOST}):/(?!/)[^\s:]*$"
)
_USER = r"[A-Za-z0-9._][A-Za-z0-9._-]*"
_SCP_LIKE = re.compile(rf"^{_USER}@{_HOST}:(?!-|//)[^\s:]+$")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"https": 443, "http": 80, "ssh": 22}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A checked address; `folder` is the git directory where the repository is on this disk.

    `within` says that it may lie on an address of this machine or of the network around it.
    """

    address: str
    folder: Path | None = None
    within: bool = False

    @property
    def protocol(self) -> str:
        """What git calls the way to it: https, http, ssh or file."""
        if self.folder is not None:
            return "file"
        return urlsplit(self.address).scheme if "://" in self.address else "ssh"

    @property
    def host(self) -> str:
        """The name or number of its machine; empty for this disk."""
        if self.folder is not None:
            return ""
        if "://" in self.address:
            return urlsplit(self.address).hostname or ""
        return self.address.partition("@")[2].partition(":")[0]

    @property
    def port(self) -> int:
        """Where its machine listens."""
        given = urlsplit(self.address).port if "://" in self.address else None
        return given or _PORTS.get(self.protocol, 0)


def check_remote(address: str, *, local_paths: bool, private_addresses: bool = False) -> Remote:
    """Check the address of a shared repository; BadInput says in one sentence what it has to be.

    Nothing is looked up here: `reach` does that each time the repository is read.
    """
    text = address.strip()
    if not text or any(not letter.isprintable() for letter in text) or text.startswith("-"):
        raise BadInput("The shared repository needs an address, such as https://github.com/name/repository.")
    if text.startswith(("/", "file://")):
        return _local(text.removeprefix("file://"), local_paths=local_paths)
    if _SCP_LIKE.match(text) or _is_sound(text, private_addresses=private_addresses):
        return Remote(address=text, within=private_addresses)
    msg = f"“{text}” is not an address the shared repository can have: use https://… or ssh://…."
    raise BadInput(msg)


def _is_sound(text: str, *, private_addresses: bool) -> bool:
    """Whether this is an address of the kinds we read; BadInput where it holds a secret."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_known = parts.scheme in {"https", "ssh"} or (parts.scheme == "http" and private_addresses and host in _LOOPBACK)
    if not is_known or "::" in text.partition("//")[0] or port == 0:
        return False
    if parts.password or (parts.scheme != "ssh" and parts.username):
        msg = "The address must not hold a name or password: put the token into the environment of the program."
        raise BadInput(msg)
    user = parts.username
    return (re.fullmatch(_HOST, host) is not None or _number(host) is not None) and (
        user is None or re.fullmatch(_USER, user) is not None
    )


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


def reach(remote: Remote) -> tuple[str, ...]:
    """The numbers a remote's name stands for, each of which may be read; empty where none has to be looked up.

    OutsideFailed where one of them is private and the installation does not allow that, or where there is no such name.
    """
    if remote.folder is not None:
        return ()
    literal = _number(remote.host)
    found = (literal,) if literal is not None else _look_up(remote)
    if not remote.within and not all(map(_is_public, found)):
        msg = f"{WITHIN} (git.private_addresses in config.toml)."
        raise OutsideFailed(msg)
    return () if literal is not None else tuple(map(str, found))


def way_to(remote: Remote, *, token: str = "") -> dict[str, str]:
    """The variables that let git reach this remote and nothing else: its protocol, its numbers, its token.

    The token stands in the child's environment; never in an argument, an address or a file.
    """
    numbers = reach(remote)
    variables = {"GIT_ALLOW_PROTOCOL": remote.protocol}
    if remote.protocol == "ssh":
        fixed = [f"-o HostName={numbers[0]}", f"-o HostKeyAlias={remote.host}"] if numbers else []
        return {**variables, "GIT_SSH_COMMAND": " ".join([SSH, *fixed])}
    chosen = {}
    if numbers:
        chosen["http.curloptResolve"] = f"{remote.host}:{remote.port}:{','.join(numbers)}"
    if token and remote.folder is None:
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")
        chosen[f"http.{remote.address}.extraHeader"] = f"Authorization: Basic {secret}"
    for number, (key, value) in enumerate(chosen.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {**variables, "GIT_CONFIG_COUNT": str(len(chosen))}


def _look_up(remote: Remote) -> tuple[Address, ...]:
    if remote.protocol == "https" and any(os.environ.get(name) for name in ("https_proxy", "HTTPS_PROXY")):
        return ()  # the proxy looks names up, and says which it lets through
    try:
        rows = socket.getaddrinfo(remote.host, remote.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        msg = f"The shared repository cannot be read: there is no machine called {remote.host}."
        raise OutsideFailed(msg) from unknown
    return tuple(dict.fromkeys(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows))


def _number(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_public(address: Address) -> bool:
    """Whether an address lies in the open net; IPv6 forms that stand for an IPv4 address count as that one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
