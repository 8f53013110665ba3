"""What every part of a policy stands on: frozen, no unknown keys, and refusals that carry a hint."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError


class PolicyPart(BaseModel):
    """A frozen table of the course file; keys it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A short name used to refer to a row: small letters, digits and underscores."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""One line of text for people."""
Share = Annotated[Decimal, Field(ge=0, le=1)]
"""A part of something, 0 … 1."""
Hundred = Annotated[Decimal, Field(ge=0, le=100)]
"""Points or per cent, 0 … 100."""


def refuse(what: str, hint: str) -> PydanticCustomError:
    """A refusal to raise inside a validator: what is wrong and what to write instead."""
    return PydanticCustomError("refused", "{what}", {"what": what, "hint": hint})
