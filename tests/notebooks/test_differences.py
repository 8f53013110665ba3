"""Text against text: what a difference must always be, and that it reads as a person would have put it."""

import random
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bench.course_cells import make_sources, new_code
from reviewhub.notebooks.differences import (
    Gap,
    LineChange,
    Run,
    TextDifference,
    diff_texts,
    fold_same,
    lines_of,
)

LINES = some.lists(
    some.sampled_from(["", "}", "    return x", "a = 1", "a = 2", "b = a + 1", "def f(x):", "  b = a + 1"]), max_size=25
)
TEXTS = some.one_of(LINES.map("\n".join), some.text(alphabet="ab \t\n", max_size=40))


def shown(old: str, new: str, difference: TextDifference) -> list[str]:
    """The difference as a person reads it: words that differ in brackets."""
    before, after = lines_of(old), lines_of(new)
    rows = []
    for pair in difference.pairs:
        if pair.change is LineChange.SAME:
            rows.append("  " + after[(pair.new or 0) - 1])
            continue
        if pair.old:
            rows.append("- " + marked(before[pair.old - 1], pair.old_words))
        if pair.new:
            rows.append("+ " + marked(after[pair.new - 1], pair.new_words))
    return rows


def marked(line: str, words: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(words):
        line = f"{line[:start]}[{line[start:end]}]{line[end:]}"
    return line


@given(TEXTS, TEXTS, some.booleans())
def test_pairs_hold_every_line_of_both_texts_once_and_in_order(old: str, new: str, ignore: bool) -> None:
    difference = diff_texts(old, new, ignore_whitespace=ignore)

    assert [pair.old for pair in difference.pairs if pair.old] == list(range(1, len(lines_of(old)) + 1))
    assert [pair.new for pair in difference.pairs if pair.new] == list(range(1, len(lines_of(new)) + 1))
    assert not difference.is_cut


@given(TEXTS, TEXTS, some.booleans())
def test_same_pairs_hold_equal_lines_and_changed_ones_do_not(old: str, new: str, ignore: bool) -> None:
    before, after = lines_of(old), lines_of(new)
    for pair in diff_texts(old, new, ignore_whitespace=ignore).pairs:
        if pair.old and pair.new:
            first, second = before[pair.old - 1], after[pair.new - 1]
            equal = "".join(first.split()) == "".join(second.split()) if ignore else first == second
            assert equal == (pair.change is LineChange.SAME)


@given(TEXTS, TEXTS, some.booleans())
def test_difference_the_other_way_round_is_its_mirror(old: str, new: str, ignore: bool) -> None:
    there, back = diff_texts(old, new, ignore_whitespace=ignore), diff_texts(new, old, ignore_whitespace=ignore)

    assert (there.added, there.removed) == (back.removed, back.added)
    assert {(pair.old, pair.new) for pair in there.pairs} == {(pair.new, pair.old) for pair in back.pairs}


@given(TEXTS, TEXTS)
def test_counts_are_those_of_the_pairs(old: str, new: str) -> None:
    difference = diff_texts(old, new)
    same = sum(pair.change is LineChange.SAME for pair in difference.pairs)

    assert difference.added == len(lines_of(new)) - same
    assert difference.removed == len(lines_of(old)) - same


@given(LINES, some.randoms(use_true_random=False))
def test_changes_of_white_space_vanish_where_it_is_ignored(lines: list[str], chance: random.Random) -> None:
    spaced = [" " * chance.randrange(3) + line.replace(" = ", "  =\t") + " " * chance.randrange(3) for line in lines]
    difference = diff_texts("\n".join(lines) + "\n", "\n".join(spaced) + "\n", ignore_whitespace=True)

    assert (difference.added, difference.removed) == (0, 0)


@given(TEXTS, TEXTS)
def test_words_that_differ_are_what_makes_the_lines_differ(old: str, new: str) -> None:
    before, after = lines_of(old), lines_of(new)
    for pair in diff_texts(old, new).pairs:
        if pair.change is LineChange.CHANGED:
            rest = [
                without(lines[number - 1], words)
                for lines, number, words in (
                    (before, pair.old or 0, pair.old_words),
                    (after, pair.new or 0, pair.new_words),
                )
            ]
            assert pair.old_words or pair.new_words
            assert all(start < end for start, end in pair.old_words + pair.new_words)
            assert len(rest[0]) <= len(before[(pair.old or 0) - 1])


def without(line: str, words: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(words):
        line = line[:start] + line[end:]
    return line


@given(some.integers(0, 500))
def test_difference_is_hardly_longer_than_the_shortest_one_of_git(seed: int) -> None:
    chance = random.Random(seed)
    lines = "\n\n".join(source for _, source in make_sources(chance, 12)).split("\n")
    new = list(lines)
    for _ in range(12):
        spot = chance.randrange(len(new))
        act = chance.random()
        if act < 0.4:
            new[spot] += " # edited"
        elif act < 0.7:
            new[spot:spot] = new_code(chance).split("\n")
        else:
            del new[spot : spot + chance.randrange(1, 5)]
    difference = diff_texts("\n".join(lines), "\n".join(new))

    assert difference.added + difference.removed <= 1.15 * shortest(lines, new) + 2


def shortest(old: list[str], new: list[str]) -> int:
    """The fewest lines that any difference must add and remove: the classic table, line by line."""
    row = list(range(len(new) + 1))
    for number, line in enumerate(old, start=1):
        before, row = row, [number]
        for place, other in enumerate(new):
            row.append(before[place] if line == other else 1 + min(before[place + 1], row[place]))
    return row[-1]


def test_git_agrees_on_the_shortest_difference(tmp_path: Path) -> None:
    old, new = ["a", "b", "c", "d"], ["b", "x", "d", "e"]
    for name, lines in (("old", old), ("new", new)):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["git", "diff", "--no-index", "--minimal", "--numstat", "old", "new"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout.split()

    assert shortest(old, new) == int(said[0]) + int(said[1])


def test_edited_line_stands_beside_what_it_was_with_its_words_marked() -> None:
    old = "optimizer = Adam(model.parameters(), lr=1e-4)\nmodel.train()\n"
    new = "optimizer = Adam(model.parameters(), lr=2e-4, betas=(0.5, 0.9))\nmodel.train()\n"

    assert shown(old, new, diff_texts(old, new)) == [
        "- optimizer = Adam(model.parameters(), lr=[1e-4])",
        "+ optimizer = Adam(model.parameters(), lr=[2e-4, betas=(0.5, 0.9)])",
        "  model.train()",
    ]


def test_inserted_function_is_one_block_and_begins_where_it_begins() -> None:
    old = "def f():\n    x = 1\n    return x\n\n\ndef h():\n    return 3\n"
    new = "def f():\n    x = 1\n    return x\n\n\ndef g():\n    y = 2\n    return x\n\n\ndef h():\n    return 3\n"

    assert [row for row in shown(old, new, diff_texts(old, new)) if row[0] == "+"] == [
        "+ def g():",
        "+     y = 2",
        "+     return x",
        "+ ",
        "+ ",
    ]


def test_body_that_was_indented_is_paired_line_by_line() -> None:
    body = ["images = load()", "for image in images:", "    show(image)", "show(images)", "save(images)"]
    old, new = "\n".join(body), "\n".join(["def main():", *(f"    {line}" for line in body)])
    difference = diff_texts(old, new)

    assert [(pair.change.value, pair.old, pair.new) for pair in difference.pairs] == [
        ("added", None, 1),
        *[("changed", row, row + 1) for row in range(1, 6)],
    ]
    assert diff_texts(old, new, ignore_whitespace=True).added == 1


def test_line_replaced_by_something_else_stands_alone() -> None:
    difference = diff_texts("a\nloss.backward()\nb", "a\n!pip install 4711\nb")

    assert [pair.change.value for pair in difference.pairs] == ["same", "removed", "added", "same"]


def test_line_ends_and_the_last_line_end_are_no_lines() -> None:
    assert lines_of("a\r\nb\rc\n") == lines_of("a\nb\nc") == ("a", "b", "c")
    assert lines_of("") == ()
    assert lines_of("\n") == ("",)


def test_gaps_are_folded_but_for_one_line() -> None:
    old = "\n".join(str(number) for number in range(30))
    parts = fold_same(diff_texts(old, old.replace("\n4\n", "\nfour\n").replace("\n20\n", "\ntwenty\n")), context=3)

    assert [(type(part), len(part.pairs)) for part in parts] == [(Run, 9), (Gap, 9), (Run, 8), (Gap, 6)]
    assert isinstance(parts[0], Run)
    assert parts[0].pairs[0].old == 1


@given(TEXTS, TEXTS, some.integers(0, 4))
def test_folding_loses_no_line_and_shows_every_change(old: str, new: str, context: int) -> None:
    difference = diff_texts(old, new)
    parts = fold_same(difference, context=context)

    assert [pair for part in parts for pair in part.pairs] == list(difference.pairs)
    assert all(pair.change is LineChange.SAME for part in parts if isinstance(part, Gap) for pair in part.pairs)
    assert all(type(first) is not type(second) for first, second in pairwise(parts))


LONG = "".join(random.Random(1).choices("abc (),.=1 ", k=100_000))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "\n".join(f"x{number % 7}" for number in range(60_000)),
            "\n".join(f"x{number % 5}" for number in range(60_000)),
        ),
        (
            "\n".join(f"old {number}" for number in range(20_000)),
            "\n".join(f"new {number}" for number in range(20_000)),
        ),
        (
            "\n".join(f"a{number}" for number in range(20_000)),
            "\n".join(f"a{number}" for number in reversed(range(20_000))),
        ),
        (LONG, LONG[:50_000] + "another" + LONG[50_010:]),
        (LONG, LONG[::-1]),
        ("a" * 100_000, "a" * 50_000 + "b" * 50_000),
        ("\n".join([LONG] * 50), "\n".join([LONG[1:]] * 50)),
    ],
    ids=["few words", "all edited", "reversed", "long line", "unlike long line", "long word", "many long lines"],
)
def test_large_texts_stay_whole(old: str, new: str) -> None:
    difference = diff_texts(old, new)

    assert len([pair for pair in difference.pairs if pair.old]) == len(lines_of(old))
    assert len([pair for pair in difference.pairs if pair.new]) == len(lines_of(new))
    assert difference.is_cut == (old.count("\n") > 50_000)


def test_one_edit_in_a_long_line_is_marked_exactly() -> None:
    (pair,) = diff_texts(LONG, f"{LONG[:50_000]} another {LONG[50_000:]}").pairs

    assert pair.change is LineChange.CHANGED
    assert sum(end - start for start, end in pair.new_words) < 40
