"""The review form: reading answers from a posted form, and what is still unanswered.

An item's answer is kept as {"answer": text, "comment": text}; a table's answer is a list of rows, a row a list of
cells in the order of the item's columns. Fields are named `form-<item>`, `form-<item>-comment` and
`form-<item>-<row>-<column>`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reviewhub.courses.policy import FormItem
from reviewhub.errors import BadInput
from reviewhub.reviews.fidelity import OURS

LARGEST_TEXT = 64 * 1024  # bytes of UTF-8: one review is read by people
LARGEST_CELL = 500
MOST_ROWS = 40
ROWS_AT_LEAST = 3

CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "yes_partly_no": (("yes", "Yes"), ("partly", "Partly"), ("no", "No")),
    "yes_no": (("yes", "Yes"), ("no", "No")),
}

Answers = dict[str, Any]


def choices_of(item: FormItem) -> tuple[tuple[str, str], ...]:
    """The choices of an item as (value, label); none for free text and tables."""
    if item.kind == "scale":
        return tuple((str(step), str(step)) for step in range(1, item.steps + 1))
    return CHOICES.get(item.kind, ())


def read_answers(items: Sequence[FormItem], given: Mapping[str, str]) -> Answers:
    """Read the posted fields of all items; fields of unknown items are ignored, empty answers are left out."""
    answers: Answers = {}
    for item in items:
        answer = _read_rows(item, given) if item.kind == "table" else _read_one(item, given)
        comment = check_text(given.get(f"form-{item.key}-comment", ""), f"Your comment on “{item.title}”")
        if answer or comment:
            answers[item.key] = {"answer": answer, "comment": comment} if item.comment else {"answer": answer}
    return answers


def missing_items(items: Sequence[FormItem], answers: Mapping[str, Any]) -> tuple[FormItem, ...]:
    """The required items without an answer: the only thing that keeps a review from being handed in."""
    return tuple(item for item in items if item.required and not is_answered(answers, item))


def empty_items(items: Sequence[FormItem], answers: Mapping[str, Any]) -> tuple[FormItem, ...]:
    """All items without an answer."""
    return tuple(item for item in items if not is_answered(answers, item))


def is_answered(answers: Mapping[str, Any], item: FormItem) -> bool:
    """Whether an item has an answer; a table with a verdict has one where a row says what we got."""
    answer = answer_of(answers, item)
    return any(row[OURS] for row in answer) if item.verdict else bool(answer)


def answer_of(answers: Mapping[str, Any], item: FormItem) -> Any:
    """The answer to an item, or "" (a table: no rows) where there is none."""
    return (answers.get(item.key) or {}).get("answer") or ([] if item.kind == "table" else "")


def answer_words(answers: Mapping[str, Any], item: FormItem) -> str:
    """A choice's answer as people read it; a text as it stands; "" for tables."""
    answer = answer_of(answers, item)
    if item.kind == "table":
        return ""
    if item.kind == "scale" and answer:
        return f"{answer} of {item.steps}"
    return dict(choices_of(item)).get(answer, str(answer))


def shown_rows(answers: Mapping[str, Any], item: FormItem, goals: Sequence[Sequence[str]] = ()) -> list[list[str]]:
    """A table's rows for its form: what was filled in, and empty ones up to one more than that, at least three.

    A table with a verdict that nobody has begun holds what the `goals` name.
    """
    rows = [list(row) for row in answer_of(answers, item) or (goals if item.verdict else ())]
    wanted = min(MOST_ROWS, max(ROWS_AT_LEAST, len(rows) + 1))
    return rows + [[""] * len(item.columns) for _ in range(wanted - len(rows))]


def check_text(text: str, what: str) -> str:
    """Return the text with plain line ends and no spaces around it; BadInput above 64 KB or with control characters."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    size = len(clean.encode("utf-8", "replace"))
    if size > LARGEST_TEXT:
        raise BadInput(f"{what} is {size // 1024} KB long; 64 KB is the most. Shorten it or put it in a file.")
    return "".join(letter for letter in clean if letter in "\n\t" or ord(letter) >= ord(" "))


def _read_one(item: FormItem, given: Mapping[str, str]) -> str:
    answer = check_text(given.get(f"form-{item.key}", ""), f"Your answer to “{item.title}”")
    known = choices_of(item)
    if answer and known and answer not in dict(known):
        raise BadInput(f"“{answer[:40]}” is not an answer to “{item.title}”.")
    return answer


def _read_rows(item: FormItem, given: Mapping[str, str]) -> list[list[str]]:
    rows = []
    for row in range(MOST_ROWS):
        cells = [
            check_text(given.get(f"form-{item.key}-{row}-{column}", ""), f"A cell of “{item.title}”")
            for column in range(len(item.columns))
        ]
        if any(len(cell) > LARGEST_CELL for cell in cells):
            raise BadInput(f"A cell of “{item.title}” has more than {LARGEST_CELL} characters; use the comment.")
        if any(cells):
            rows.append(cells)
    return rows
