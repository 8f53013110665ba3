"""The whole program on loopback: waitress in a thread, pages on 127.0.0.1, interactive outputs on localhost."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.server import MultiSocketServer
from waitress.trigger import trigger


def listen() -> socket.socket:
    """A socket that listens on a free port of this machine."""
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    one.bind(("127.0.0.1", 0))
    one.listen(64)
    return one


def port_of(one: socket.socket) -> int:
    return int(one.getsockname()[1])


@contextmanager
def serving(app: Flask, sockets: list[socket.socket]) -> Iterator[None]:
    """Answer on these sockets until the block ends."""
    server = create_server(app, sockets=sockets, threads=8, ident=None, clear_untrusted_proxy_headers=True)
    assert isinstance(server, MultiSocketServer)
    thread = Thread(target=server.run, name="pages")
    thread.start()
    try:
        yield
    finally:
        # Ended from inside its own loop: closing its sockets under a running select would be a fault of its thread.
        pulled = next(one for one in server.map.values() if isinstance(one, trigger))
        pulled.pull_trigger(lambda: _end(server))
        thread.join(60)


def _end(server: MultiSocketServer) -> None:
    # The server itself forgets to close the files it has half sent to a browser that is gone.
    for one in list(server.map.values()):
        if isinstance(one, HTTPChannel):
            one.handle_close()
    server.close()
