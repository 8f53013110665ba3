"""What stands between a request and its page: origin, headers, errors."""

from collections.abc import Callable

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from reviewhub.web.rendering import safe_next


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost:8001"}, 403),
    ],
)
def test_writing_request_of_another_site_is_refused(visitor: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = visitor.post("/sign-in", data={"email": "ada@example.org"}, headers=headers)
    assert answer.status_code == status


def test_request_with_a_session_but_no_origin_is_refused(visitor: FlaskClient) -> None:
    visitor.set_cookie("reviewhub", "anything")
    assert visitor.post("/sign-in", data={"email": "ada@example.org"}).status_code == 403


def test_page_carries_its_seal(visitor: FlaskClient) -> None:
    headers = visitor.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Vary"] == "Cookie"


def test_unchanged_page_is_not_sent_again(visitor: FlaskClient) -> None:
    first = visitor.get("/sign-in")
    again = visitor.get("/sign-in", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_static_file_is_kept_for_good_under_the_mark_of_its_content(app: Flask, visitor: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("static", filename="css/tokens.css")
    with visitor.get(address) as marked, visitor.get("/static/css/tokens.css") as plain:
        assert "?v=" in address
        assert "immutable" in marked.headers["Cache-Control"]
        assert plain.headers["Cache-Control"] == "public, no-cache"
        assert plain.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, "There is no page at this address."),
        ("/sign-out", 405, "This address does not take that kind of request."),
    ],
)
def test_refusal_is_a_page_that_says_who_must_act(visitor: FlaskClient, path: str, status: int, words: str) -> None:
    answer = visitor.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert words in page
    assert "Who must act" in page


def test_our_own_fault_is_a_page_without_details(app: Flask) -> None:
    def break_down() -> None:
        raise RuntimeError("secret detail")

    app.add_url_rule("/broken", view_func=break_down)
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "The page could not be made." in answer.get_data(as_text=True)
    assert "secret detail" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/c/ceng796/", "/c/ceng796/"),
        ("/c/x?path=a%20b", "/c/x?path=a%20b"),
        (None, "/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("c/ceng796", "/"),
    ],
)
def test_next_page_is_one_of_ours(target: str | None, path: str) -> None:
    assert safe_next(target) == path
