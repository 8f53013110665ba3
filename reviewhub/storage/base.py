"""The base row, with constraint names that are the same in every database."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped

from reviewhub.storage.types import Id


class Base(DeclarativeBase):
    """What every table's class inherits."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Row(Base):
    """A row with an opaque id of its own."""

    __abstract__ = True

    id: Mapped[Id]
