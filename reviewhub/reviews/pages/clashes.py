"""Both texts side by side where two wrote on the same lines, and the form in which a person decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.notebooks.differences import LineChange, diff_texts, lines_of
from reviewhub.reviews.merging import Clash
from reviewhub.web import render

KEPT = {"mine": "mine-", "theirs": "theirs-", "both": "both-"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two texts: its lines, each with whether the other side has it too."""

    name: str
    label: str
    text: str
    lines: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownClash:
    """A part that clashes, as the page shows it; `can_join` where one text can be made out of both."""

    part: str
    title: str
    sides: tuple[Side, Side]
    both: str
    can_join: bool


def clash_page(
    clashes: Sequence[Clash],
    *,
    review_id: str,
    action: str,
    back: str,
    title_of: Callable[[str], str],
    shown: Callable[[str, str], str],
    can_join: Callable[[str], bool],
    keep: Sequence[tuple[str, str]],
) -> ResponseReturnValue:
    """The page with both texts of every clash (409). `keep` are fields that the decision sends along."""
    found = [
        ShownClash(
            part=one.part,
            title=title_of(one.part),
            sides=_sides(one, lambda text, part=one.part: shown(part, text)),  # type: ignore[misc]  # bound on purpose
            both=one.both,
            can_join=can_join(one.part),
        )
        for one in clashes
    ]
    return (
        render("reviews/clash.html", clashes=found, review_id=review_id, action=action, back=back, keep=keep),
        409,
    )


def decided() -> tuple[dict[str, str], dict[str, str]]:
    """What was chosen on that page, and what stood on the server when it was made; nothing where it is another form."""
    form = request.form
    parts = [name.removeprefix("keep-") for name in form if name.startswith("keep-")]
    chosen = {part: form.get(KEPT.get(form[f"keep-{part}"], "both-") + part, "") for part in parts}
    return chosen, {part: _plain(form.get(f"theirs-{part}", "")) for part in parts}


def _plain(text: str) -> str:
    """As it stood on the server: browsers send line ends of their own."""
    return text.replace("\r\n", "\n")


def _sides(clash: Clash, shown: Callable[[str], str]) -> tuple[Side, Side]:
    mine, theirs = shown(clash.mine), shown(clash.theirs)
    pairs = diff_texts(theirs, mine).pairs
    same = {(pair.old, pair.new) for pair in pairs if pair.change is LineChange.SAME}
    in_theirs, in_mine = {old for old, _ in same}, {new for _, new in same}
    return (
        Side(name="mine", label="what you typed", text=clash.mine, lines=_lines(mine, in_mine)),
        Side(name="theirs", label="saved meanwhile", text=clash.theirs, lines=_lines(theirs, in_theirs)),
    )


def _lines(text: str, same: set[int | None]) -> tuple[tuple[str, bool], ...]:
    return tuple((line, number in same) for number, line in enumerate(lines_of(text), start=1))
