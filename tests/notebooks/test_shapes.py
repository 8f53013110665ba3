"""The quick look agrees with nbformat's validator wherever it says yes."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.validator import get_validator

from reviewhub.notebooks.shapes import is_plainly_valid
from tests.notebooks.builders import code, display, error, markdown, notebook, raw_cell, result, stream

ODD = [None, True, 0, -1, 1.5, "", "x", "a b", [], ["x"], [1], {}, {"x": 1}, {"name": 1}, {"application/json": 1}]
KEYS = ["id", "name", "metadata", "attachments", "tags", "collapsed", "title", "kernelspec", "codemirror_mode", "x"]


def valid_notebook(minor: int) -> dict[str, object]:
    cell_id = "" if minor == 5 else None
    outputs = (stream(["a"]), display({"text/plain": "x"}), result({"text/html": ["x"]}), error(traceback=["x"]))
    cells = [markdown("# A", cell_id=cell_id), code(["x\n", "y"], *outputs, cell_id=cell_id)]
    if minor == 5:
        cells.append(raw_cell("r"))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    content: dict[str, object] = json.loads(notebook(cells, minor=minor, metadata=metadata))
    return content


@pytest.mark.parametrize("minor", range(6))
def test_usual_notebook_needs_no_validator(minor: int) -> None:
    assert is_plainly_valid(valid_notebook(minor), minor)


@settings(max_examples=600, deadline=None)
@given(
    minor=st.integers(0, 5),
    steps=st.lists(st.integers(0, 9), max_size=6),
    odd=st.sampled_from(ODD),
    key=st.sampled_from(KEYS),
)
def test_what_is_plainly_valid_satisfies_the_validator(minor: int, steps: list[int], odd: object, key: str) -> None:
    content = valid_notebook(minor)
    place: object = content
    for step in steps:
        inner = list(place.values()) if isinstance(place, dict) else place
        if not isinstance(inner, list) or not inner or not isinstance(inner[step % len(inner)], dict | list):
            break
        place = inner[step % len(inner)]
    if isinstance(place, dict):
        names = [*place, key]
        place[names[len(steps) % len(names)] if steps else key] = copy.deepcopy(odd)
    elif isinstance(place, list):
        place.append(copy.deepcopy(odd))

    if is_plainly_valid(content, minor):
        get_validator(4, minor).validate(content)
