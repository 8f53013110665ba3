"""Every route names the right it needs, and a stranger learns nothing from any of them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.routing import Rule

from reviewhub.accounts.rights import PROGRAM, TABLE, Action
from reviewhub.accounts.signing_in import open_session
from reviewhub.accounts.tables import User
from reviewhub.config import DemonstrationSettings, Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.storage import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUTSIDE_COURSES = {Action.VISIT, Action.USE_OWN_ACCOUNT, Action.ADD_COURSE}
IN_A_COURSE = {"course": "ceng796"}


@pytest.fixture
def app(make_app: Callable[..., Flask], sqlite_database: Database, settings: Settings) -> Flask:
    with sqlite_database.writing() as session:
        add_course(session, actor=PROGRAM, now=NOW, slug="ceng796", text=shipped_text("ceng796"))
        session.add(User(email="eve@example.org", name="Eve", created_at=NOW))
    return make_app(settings=settings.model_copy(update={"demonstration": DemonstrationSettings(personas=False)}))


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def _needed(app: Flask, rule: Rule) -> Action | None:
    return getattr(app.view_functions[rule.endpoint], "needed_action", None)


def _address(app: Flask, rule: Rule) -> str:
    usual = IN_A_COURSE | dict(rule.defaults or {})
    values = {
        name: usual.get(name, 1 if f"<int:{name}>" in rule.rule else "0123456789abcdef") for name in rule.arguments
    }
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(_methods(rule))))
    assert isinstance(built, str)
    return built


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def test_every_route_names_its_right(app: Flask) -> None:
    assert [rule.rule for rule in _rules(app) if _needed(app, rule) not in TABLE] == []


def test_every_route_of_a_course_needs_a_right_in_it(app: Flask) -> None:
    of_courses = [rule for rule in _rules(app) if rule.rule.startswith("/c/")]
    assert [rule.rule for rule in of_courses if _needed(app, rule) in OUTSIDE_COURSES] == []


def test_no_route_answers_both_reading_and_writing(app: Flask) -> None:
    assert [rule.rule for rule in _rules(app) if len(_methods(rule)) != 1] == []


def test_stranger_is_asked_to_sign_in_or_told_there_is_nothing(app: Flask) -> None:
    client = app.test_client()
    told = {}
    for rule in _rules(app):
        if not rule.rule.startswith("/c/"):
            continue
        address = _address(app, rule)
        if _methods(rule) == {"GET"}:
            told[rule.rule] = client.get(address).status_code
        else:
            told[rule.rule] = client.post(address, headers={"Origin": "http://localhost"}).status_code
    assert {path: status for path, status in told.items() if status not in {303, 401, 404}} == {}


def test_visitor_cannot_tell_a_course_from_none(app: Flask, sqlite_database: Database, settings: Settings) -> None:
    client = app.test_client()
    with sqlite_database.writing() as session:
        eve = session.query(User).one()
        secret = open_session(session, user_id=eve.id, browser="", old_secret=None, now=NOW, settings=settings.sign_in)
    client.set_cookie("reviewhub", secret)
    answers = {client.get(f"/c/{slug}/").get_data(as_text=True) for slug in ("ceng796", "nothing")}
    assert len({answer.replace("ceng796", "").replace("nothing", "") for answer in answers}) == 1
    for rule in _rules(app):
        if rule.rule.startswith("/c/") and _methods(rule) == {"GET"}:
            assert client.get(_address(app, rule)).status_code in {403, 404}, rule.rule
