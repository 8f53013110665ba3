"""For those who run the installation: is it alive, is it ready, how is it doing; and a request's id in every log line.

`/metrics` tells counts, so it answers only on the machine itself (and not through a proxy), or to the bearer of the
token in $REVIEWHUB_METRICS_TOKEN.
"""

import hmac
import re
import secrets
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

from reviewhub.accounts.rights import Action
from reviewhub.errors import Misconfigured, NotFound
from reviewhub.mail.sending import count_unsent
from reviewhub.storage.migrating import is_current
from reviewhub.web.context import ground, reading, settings
from reviewhub.web.needs import needs

blueprint = Blueprint("operations", __name__)
log = structlog.get_logger()

TOKEN = "REVIEWHUB_METRICS_TOKEN"  # noqa: S105 - the name of a variable, not a token
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET = frozenset({"static", "operations.healthz", "operations.readyz", "operations.metrics"})

REQUESTS = Counter("reviewhub_requests_total", "Requests answered.", ["endpoint", "method", "status"])
SECONDS = Histogram("reviewhub_request_seconds", "Seconds a request took.", ["endpoint"])
MAILS = Gauge("reviewhub_mails", "Mails in the outbox that have not left.", ["state"])


@blueprint.before_app_request
def begin_request() -> None:
    """Give the request an id (the proxy's, where it sends a sound one) and start its clock."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.request_began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


@blueprint.after_app_request
def end_request(response: Response) -> Response:
    """Count, time and log the request by its route: the path itself may hold a secret."""
    if "request_began" not in g:
        return response
    seconds = time.perf_counter() - g.request_began
    endpoint = request.endpoint or "none"
    method = request.method if request.method in {"GET", "HEAD", "POST"} else "other"
    REQUESTS.labels(endpoint, method, str(response.status_code)).inc()
    SECONDS.labels(endpoint).observe(seconds)
    response.headers["X-Request-Id"] = g.request_id
    if endpoint not in QUIET:
        route = request.url_rule.rule if request.url_rule else "none"
        log.info("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
    return response


@blueprint.get("/healthz")
@needs(Action.VISIT)
def healthz() -> ResponseReturnValue:
    """The program runs."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
@needs(Action.VISIT)
def readyz() -> ResponseReturnValue:
    """The program can do its work: the database answers, at this program's version, and the data folder is there."""
    try:
        faults = [] if is_current(ground().database) else ["the database waits for its migrations"]
    except Misconfigured as fault:
        log.warning("not ready", sentence=fault.message)
        faults = ["the database cannot be used"]
    if not settings().files.data.is_dir():
        faults.append("the data folder is not there")
    text = "".join(f"{fault}\n" for fault in faults) or "ready\n"
    return Response(text, status=503 if faults else 200, content_type="text/plain; charset=utf-8")


@blueprint.get("/metrics")
@needs(Action.VISIT)
def metrics() -> ResponseReturnValue:
    """Counts and times in Prometheus' text format; to strangers there is no such page."""
    if not (is_at_this_machine() or _bears_token()):
        msg = "There is no page at this address."
        raise NotFound(msg)
    with reading() as session:
        waiting, given_up = count_unsent(session)
    MAILS.labels("waiting").set(waiting)
    MAILS.labels("given_up").set(given_up)
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def is_at_this_machine() -> bool:
    """Whether the request was made on this machine, to this machine.

    The sender's address alone does not tell: behind a proxy of this machine everybody has the proxy's, and a page
    elsewhere can point a name of its own at the loopback address. So the name asked for must be this machine's, too.
    """
    forwarded = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    if forwarded or settings().server.trusted_proxies:
        return False
    return _is_loopback(request.remote_addr or "") and _is_loopback(_name_in(request.host))


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _name_in(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _bears_token() -> bool:
    token = settings().secret(TOKEN)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
