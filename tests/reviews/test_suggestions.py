"""Suggested changes: cut out of a finding's text, and put beside what is quoted."""

from hypothesis import given
from hypothesis import strategies as st

from reviewhub.notebooks.differences import LineChange
from reviewhub.reviews.suggested import first_words, written
from reviewhub.reviews.suggestions import Part, block_for, can_suggest, parts_of, suggest

QUOTED = "lr = 0.01\ntrain(model, lr)"


def test_text_is_cut_at_its_suggestion() -> None:
    assert parts_of("Too large.\n```suggestion\nlr = 0.0002\n```\nSee section 4.") == (
        Part(text="Too large."),
        Part(text="lr = 0.0002", is_suggestion=True),
        Part(text="See section 4."),
    )


def test_suggestion_inside_another_block_is_text() -> None:
    text = "````\n```suggestion\nx\n```\n````"
    assert parts_of(text) == (Part(text=text),)


def test_suggestion_that_is_not_closed_goes_on_to_the_end() -> None:
    assert parts_of("```suggestion\nx = 1") == (Part(text="x = 1", is_suggestion=True),)


def test_empty_suggestion_takes_the_lines_away() -> None:
    (part,) = parts_of("```suggestion\n```")
    assert [pair.change for pair in suggest(QUOTED, part.text).difference.pairs] == [LineChange.REMOVED] * 2


def test_changed_line_stands_below_the_line_it_replaces() -> None:
    html = written("```suggestion\nlr = 0.0002\ntrain(model, lr)\n```", QUOTED)
    assert html.index('data-sign="-"') < html.index('data-sign="+"') < html.index('data-sign=" "')
    assert "<b>" in html


def test_suggestion_on_a_cut_quotation_stands_alone() -> None:
    assert not can_suggest("a\n…")
    assert 'data-sign="-"' not in written("```suggestion\nb\n```", "a\n…")


def test_suggestion_is_escaped() -> None:
    html = written("```suggestion\n<script>alert(1)</script>\n```", "<img src=x onerror=alert(2)>")
    assert "<script" not in html
    assert "<img" not in html


def test_list_shows_words_and_no_suggestion() -> None:
    assert first_words("**Too** large.\n```suggestion\nlr = 1\n```") == "Too large."
    assert first_words("```suggestion\nlr = 1\n```") == "A suggested change"
    assert len(first_words("word " * 100)) <= 91


@given(st.text(st.sampled_from("ab`~\n "), max_size=60))
def test_block_made_for_a_quotation_gives_it_back(quoted: str) -> None:
    (part,) = parts_of(block_for(quoted).rstrip("\n"))
    assert part == Part(text=quoted, is_suggestion=True)
