"""`reviewhub serve` and `reviewhub worker`: the pages and the background work of one installation."""

import errno
import os
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click

from reviewhub.config import Settings, read_settings
from reviewhub.errors import Misconfigured

HERE = "127.0.0.1"
DEFAULT_PORTS = {"base_url": 8000, "content_url": 8001}


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Default: base_url's on this machine, else 127.0.0.1:8000.")
@click.option("--content-listen", metavar="HOST:PORT", help="Default: content_url's, else 127.0.0.1:8001.")
@click.option("--no-worker", is_flag=True, help="Only the pages; run `reviewhub worker` beside it.")
@click.pass_obj
def serve(config_file: object, listen: str | None, content_listen: str | None, *, no_worker: bool) -> None:
    """Serve the pages and do the background work, until Ctrl-C."""
    settings = read_settings(config_file if isinstance(config_file, Path) else None)
    run_server(settings, listen=listen, content_listen=content_listen, with_worker=not no_worker)


@click.command()
@click.pass_obj
def worker(config_file: object) -> None:
    """Do background work beside `reviewhub serve`, until Ctrl-C; as many as you like."""
    from reviewhub.jobs.work import known_jobs
    from reviewhub.jobs.worker import Worker, context_of
    from reviewhub.logs import set_up_logs
    from reviewhub.storage.migrating import upgrade

    settings = read_settings(config_file if isinstance(config_file, Path) else None)
    check_machine(settings)
    set_up_logs(settings.log)
    context = context_of(settings)
    upgrade(context.database)
    one = Worker(context, known_jobs())
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: one.stop())
    one.run()
    sys.stderr.flush()
    # A job in mid-step would keep the interpreter alive; it is begun anew by the next worker, as after a kill.
    os._exit(0)


def run_server(
    settings: Settings, *, listen: str | None = None, content_listen: str | None = None, with_worker: bool = True
) -> None:
    """Check the machine, migrate, listen, start the worker, and serve until Ctrl-C or SIGTERM.

    Raises Misconfigured before anything is served where the machine or the settings do not allow it.
    """
    from waitress import create_server

    from reviewhub.app import create_app
    from reviewhub.cli.child import Child
    from reviewhub.jobs.sending import Sender
    from reviewhub.logs import set_up_logs
    from reviewhub.storage import Database, clock_of
    from reviewhub.storage.migrating import upgrade

    check_machine(settings)
    set_up_logs(settings.log)
    database = Database(settings.database.url)
    upgrade(database)
    with ExitStack() as ends:
        sockets = open_sockets(settings, listen, content_listen)
        for one in sockets:
            ends.callback(one.close)
        ends.callback(database.close)
        sender = Sender(settings)
        ends.callback(sender.close)
        database.send = sender.send
        app = create_app(settings, database=database, clock=clock_of(settings.demonstration.clock_file))
        server = create_server(app, sockets=sockets, threads=settings.server.threads, ident=None, **_proxies(settings))
        ends.callback(server.close)
        if with_worker:
            ends.enter_context(Child(settings))
        # Ctrl-C too: a program that a script starts in the background inherits that it is ignored.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _leave)
        click.echo(f"ReviewHub answers on {settings.server.base_url} (Ctrl-C stops it).")
        server.run()
    click.echo("ReviewHub has stopped.")


def check_machine(settings: Settings) -> None:
    """Refuse, in one sentence, a machine that ReviewHub cannot run on."""
    if shutil.which("git") is None:
        msg = "ReviewHub needs git: install the package 'git'."
        raise Misconfigured(msg)
    folder = settings.files.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as fault:
        msg = f"The data folder {folder} cannot be written: {fault.strerror}."
        raise Misconfigured(msg) from fault


def open_sockets(settings: Settings, listen: str | None, content_listen: str | None) -> list[socket.socket]:
    """Listen for both origins; Misconfigured where a port is taken, or a demonstration would be open to others."""
    places = [
        *_places(listen, settings.server.base_url, "base_url"),
        *_places(content_listen, settings.server.content_url, "content_url"),
    ]
    opened: list[socket.socket] = []
    try:
        for host, port in places:
            _require_private(settings, host)
            opened.append(_open_socket(host, port))
    except Misconfigured:
        for one in opened:
            one.close()
        raise
    return opened


def _require_private(settings: Settings, host: str) -> None:
    if settings.demonstration.personas and not _is_loopback(host):
        msg = f"The demonstration lets anybody be anybody, so it listens on this machine only, not on {host}."
        raise Misconfigured(msg)


def _places(asked: str | None, url: str, key: str) -> list[tuple[str, int]]:
    """Hosts and ports for one origin. "localhost" is two addresses, and browsers may try either."""
    if asked is not None:
        host, _, asked_port = asked.rpartition(":")
        if not host or not asked_port.isdigit():
            msg = f"{asked!r} is not HOST:PORT, as in 127.0.0.1:8000."
            raise Misconfigured(msg)
        return [(HERE if host == "localhost" else host.strip("[]"), int(asked_port))]
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[key]
    if parts.hostname == "localhost":
        return [(HERE, port), *([("::1", port)] if _has_ipv6() else [])]
    return [(parts.hostname or HERE, port)] if _is_loopback(parts.hostname) else [(HERE, DEFAULT_PORTS[key])]


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _open_socket(host: str, port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((host, port))
        one.listen(1024)
    except OSError as fault:
        one.close()
        if fault.errno == errno.EADDRINUSE:
            msg = f"Port {port} on {host} is in use: stop the program that listens there, or choose another port."
        else:
            msg = f"ReviewHub cannot listen on {host}:{port}: {fault.strerror}."
        raise Misconfigured(msg) from fault
    return one


def _proxies(settings: Settings) -> dict[str, Any]:
    """Believe the forwarding headers of exactly as many proxies as the settings name; drop all others."""
    count = settings.server.trusted_proxies
    if count == 0:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": "*",
        "trusted_proxy_count": count,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit
