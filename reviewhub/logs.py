"""Structured logs on standard error: readable text, or one JSON object per line, as the settings say.

What other packages log through the standard library comes out the same way. Secrets never go into a log: what is
logged are names, ids and sentences.
"""

import logging
import sys
from typing import Any

import structlog

from reviewhub.config import LogSettings

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def set_up_logs(settings: LogSettings) -> None:
    """Let every log of this process come out in the settings' form and from their level on."""
    level = _LEVELS[settings.level]
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    hand = logging.StreamHandler(sys.stderr)
    hand.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(settings.form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [hand]
    root.setLevel(level)
    # These tell what our own lines tell already.
    for name in ("alembic", "dbos", "waitress.queue"):
        quiet = logging.getLogger(name)
        quiet.handlers[:] = [hand]
        quiet.propagate = False
        quiet.setLevel(logging.WARNING)


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _last(form: str) -> list[Any]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
