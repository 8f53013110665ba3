"""Run a command with a PostgreSQL to test against: the one that answers, or one started for it.

`with_postgresql.py COMMAND ...`. Looks at $REVIEWHUB_TEST_POSTGRESQL or 127.0.0.1:5432. Where nothing answers and
PostgreSQL's programs are here (in CI, as root on Debian, they are installed), a server of our own runs in a folder
that is removed afterwards, for as long as the command does. Where neither is possible, the tests say so themselves.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

DEFAULT = "postgresql://root:postgres@127.0.0.1:5432/postgres"
NAME = "REVIEWHUB_TEST_POSTGRESQL"


def main(command: list[str]) -> int:
    """Run the command and return its exit code."""
    with server() as url:
        return subprocess.run(command, check=False, env=os.environ | ({NAME: url} if url else {})).returncode


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that answers, or an empty text."""
    known = os.environ.get(NAME, DEFAULT)
    if answers(known):
        yield known
        return
    programs = find_programs()
    if programs is None:
        yield ""
        return
    with own_server(programs) as url:
        yield url


def answers(url: str) -> bool:
    """Whether a PostgreSQL lets us in there."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl; in CI they are installed where that is possible."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    apt = shutil.which("apt-get")
    if not os.environ.get("CI") or apt is None or os.geteuid() != 0:
        return None
    sys.stdout.write("Installing postgresql with apt-get, once ...\n")
    sys.stdout.flush()
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "HOME": "/root", "TMPDIR": "/tmp"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
        subprocess.run([apt, "--quiet", "--quiet", *step], check=False, env=settings, stdout=subprocess.PIPE)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def own_server(programs: Path) -> Iterator[str]:
    """A server of our own on a free port; PostgreSQL refuses to run as root, so root hands it to `postgres`."""
    is_root = os.geteuid() == 0
    user = "postgres" if is_root else pwd.getpwuid(os.geteuid()).pw_name
    # The user `postgres` may not be allowed to enter the folders above the clone, so root's server lies in /tmp.
    folder = Path(tempfile.mkdtemp(prefix="reviewhub-postgresql-", dir="/tmp" if is_root else ".cache")).absolute()
    shutil.chown(folder, user)
    port = free_port()
    cluster = folder / "cluster"
    if not run_as(user, [programs / "initdb", "--auth=trust", "--no-sync", f"--username={user}", cluster]):
        shutil.rmtree(folder, ignore_errors=True)
        yield ""
        return
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    control: list[str | Path] = [programs / "pg_ctl", "--silent", "-w", "-D", cluster, "-l", folder / "log"]
    run_as(user, [*control, "-o", options, "start"])
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/postgres"
    finally:
        run_as(user, [*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_as(user: str, command: list[str | Path]) -> bool:
    """Run one of PostgreSQL's programs as `user`, in a folder that this user may enter."""
    account = pwd.getpwnam(user)
    is_root = os.geteuid() == 0
    done = subprocess.run(
        command,
        check=False,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        user=account.pw_uid if is_root else None,
        group=account.pw_gid if is_root else None,
        extra_groups=[] if is_root else None,
    )
    if done.returncode != 0:
        sys.stdout.write(f"{command[0]} failed: {done.stderr.strip()}\n")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
