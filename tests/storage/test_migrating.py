"""Tables, triggers and migrations, on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import Event, User
from reviewhub.storage import Database


@pytest.mark.parametrize("statement", ["UPDATE events SET action = 'other'", "DELETE FROM events"])
def test_an_event_that_is_changed_is_refused_by_the_database(database: Database, clock, statement) -> None:
    with database.writing() as session:
        user = User(email="ada@example.org", name="Ada", created_at=clock())
        session.add(user)
        record_event(session, actor=Actor(), now=clock(), action="added person", subject=user)

    with pytest.raises(DBAPIError, match="events is append-only"), database.writing() as session:
        session.execute(text(statement))

    with database.reading() as session:
        assert [event.action for event in session.query(Event)] == ["added person"]
