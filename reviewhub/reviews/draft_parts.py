"""The parts of a draft: the summary, and each form item's answer and comment, every one as a text of its own.

A part is named like its field: `summary`, `form-<item>`, `form-<item>-comment`. A table is one part: a line for each
row, tabs between its cells. So two members of a reviewing group who write on different parts never meet, and those
who write on the same one are told apart by its lines.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from reviewhub.courses.policy import FormItem
from reviewhub.errors import BadInput
from reviewhub.reviews.forms import Answers, answer_of, check_text, choices_of, read_answers

SUMMARY = "summary"
MOST_PARTS = 200
CELL_SIGN = "\t"


def texts_of(items: Sequence[FormItem], answers: Answers, summary: str) -> dict[str, str]:
    """Every part of a draft, the empty ones too."""
    texts = {SUMMARY: summary}
    for item in items:
        texts[f"form-{item.key}"] = _text_of(answers, item)
        if item.comment:
            texts[f"form-{item.key}-comment"] = (answers.get(item.key) or {}).get("comment", "")
    return texts


def answers_of(items: Sequence[FormItem], texts: Mapping[str, str]) -> Answers:
    """The form as `forms` keeps it, read back from its parts."""
    fields: dict[str, str] = {}
    for item in items:
        fields |= fields_of(item, f"form-{item.key}", texts.get(f"form-{item.key}", ""))
        fields[f"form-{item.key}-comment"] = texts.get(f"form-{item.key}-comment", "")
    return read_answers(items, fields)


def sent_texts(items: Sequence[FormItem], given: Mapping[str, str]) -> dict[str, str]:
    """The parts that were sent, checked; a part without a field is not among them. BadInput as `forms` says it."""
    fields = dict(given)
    for item in items:  # a table may come as its cells, or as the one text it is a part as
        part = f"form-{item.key}"
        fields |= fields_of(item, part, given[part]) if part in given else {}
    texts = texts_of(items, read_answers(items, fields), check_text(given.get(SUMMARY, ""), "The summary"))
    return {part: text for part, text in texts.items() if part in fields or f"{part}-0-0" in fields}


def fields_of(item: FormItem, part: str, text: str) -> dict[str, str]:
    """The fields that a part fills in a form: one, or a table's cells."""
    if item.kind != "table" or part != f"form-{item.key}":
        return {part: text}
    cells = {
        f"{part}-{row}-{column}": cell
        for row, line in enumerate(text.split("\n"))
        for column, cell in enumerate(line.split(CELL_SIGN))
    }
    return {f"{part}-0-0": ""} | cells


def item_of(items: Iterable[FormItem], part: str) -> FormItem | None:
    """The form item that a part belongs to; None for the summary."""
    key = part.removeprefix("form-")
    known = {item.key: item for item in items}
    return known.get(key) or known.get(key.removesuffix("-comment")) if part != SUMMARY else None


def title_of(items: Iterable[FormItem], part: str) -> str:
    """What a part is called on the page."""
    item = item_of(items, part)
    if item is None:
        return "Summary"
    return item.title if part == f"form-{item.key}" else f"{item.title}: your comment"


def is_free_text(items: Iterable[FormItem], part: str) -> bool:
    """Whether two texts of a part can be made into one: of a choice there is only one or the other."""
    item = item_of(items, part)
    return item is None or part != f"form-{item.key}" or not choices_of(item)


def shown_text(items: Iterable[FormItem], part: str, text: str) -> str:
    """A part's text as people read it: a choice by its words, a table's cells apart from each other."""
    item = item_of(items, part)
    if item is None or part != f"form-{item.key}":
        return text
    if item.kind == "table":
        return text.replace(CELL_SIGN, " | ")
    return dict(choices_of(item)).get(text, text)


def read_was(text: str) -> dict[str, str]:
    """Read what the page says its parts were when it was made; "" is nothing; BadInput for anything but texts."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or len(found) > MOST_PARTS:
        raise BadInput("What the page was made from cannot be read; open it again.")
    return {str(part): was for part, was in found.items() if isinstance(was, str)}


def _text_of(answers: Answers, item: FormItem) -> str:
    answer = answer_of(answers, item)
    if item.kind != "table":
        return str(answer)
    return "\n".join(CELL_SIGN.join(row) for row in answer)
