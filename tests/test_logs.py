"""Logs are readable text or one JSON object per line, whoever wrote them, and hold no secret of an address."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from reviewhub.config import LogSettings
from reviewhub.logs import set_up_logs


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Put the process's logging back after each test."""
    root = logging.getLogger()
    hands, level = list(root.handlers), root.level
    yield
    root.handlers[:] = hands
    root.setLevel(level)
    structlog.reset_defaults()


def test_json_logs_are_one_object_per_line_whoever_logs(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(form="json"))

    structlog.get_logger().info("job done", job="mirror_course", key="ceng796")
    logging.getLogger("somebody.else").warning("the disk is %s", "full")

    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["level"], first["job"], first["key"]) == (
        "job done",
        "info",
        "mirror_course",
        "ceng796",
    )
    assert (second["event"], second["level"]) == ("the disk is full", "warning")
    assert first["timestamp"].endswith("Z")


def test_json_logs_keep_a_traceback_inside_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(form="json"))

    try:
        raise ValueError("odd")
    except ValueError:
        structlog.get_logger().exception("job failed")

    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: odd" in json.loads(line)["exception"]


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(level="warning"))

    structlog.get_logger().info("quiet")
    logging.getLogger("somebody.else").info("quiet")

    assert capsys.readouterr().err == ""


def test_a_request_is_logged_by_its_route_and_never_by_its_address(client, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(form="json"))

    client.get("/sign-in/a-secret-word")

    written = capsys.readouterr().err
    line = next(json.loads(line) for line in written.splitlines() if '"request"' in line)
    assert (line["route"], line["method"]) == ("/sign-in/<secret>", "GET")
    assert "a-secret-word" not in written
    assert len(line["request_id"]) == 16
