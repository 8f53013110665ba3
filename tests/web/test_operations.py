"""Is it alive, is it ready, how is it doing; and a request can be found in the log."""

from sqlalchemy import text

from reviewhub.storage import migrating


def test_the_program_says_that_it_is_alive(client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ok\n")


def test_a_database_without_its_migrations_is_not_ready(client) -> None:
    # The fixture makes the tables at once, so the database knows of no migration.
    response = client.get("/readyz")

    assert response.status_code == 503


def test_a_database_at_this_programs_version_is_ready(client, sqlite_database) -> None:
    head = migrating.ScriptDirectory(str(migrating.MIGRATIONS)).get_current_head()
    with sqlite_database.writing() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})

    response = client.get("/readyz")

    assert (response.status_code, response.text) == (200, "ready\n")


def test_metrics_are_told_on_this_machine_and_to_nobody_behind_a_proxy(client) -> None:
    client.get("/healthz")

    here = client.get("/metrics")
    outside = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    elsewhere = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})

    assert 'reviewhub_requests_total{endpoint="operations.healthz",method="GET",status="200"}' in here.text
    assert (outside.status_code, elsewhere.status_code) == (404, 404)


def test_metrics_are_told_to_the_bearer_of_the_token(client, monkeypatch) -> None:
    monkeypatch.setenv("REVIEWHUB_METRICS_TOKEN", "a-long-word")

    def ask(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code

    assert (ask("a-long-word"), ask("another-word"), ask("")) == (200, 404, 404)


def test_a_request_has_an_id_of_its_own_or_the_proxys(client) -> None:
    own = client.get("/healthz").headers["X-Request-Id"]
    given = client.get("/healthz", headers={"X-Request-Id": "abc-12345678"}).headers["X-Request-Id"]
    unsound = client.get("/healthz", headers={"X-Request-Id": "a b\tc" * 30}).headers["X-Request-Id"]

    assert len(own) == len(unsound) == 16
    assert given == "abc-12345678"
