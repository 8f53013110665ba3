"""The words and tones that every page of findings names kinds, answers and verdicts by."""

from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.masking import Mask
from reviewhub.reviews.fidelity import judge_row
from reviewhub.reviews.forms import answer_of, answer_words
from reviewhub.reviews.kinds import KIND_WORDS, RESPONSE_TONES, RESPONSE_WORDS, VERDICT_TONES, VERDICT_WORDS
from reviewhub.reviews.submitted import questions_in
from reviewhub.reviews.suggested import written_without


def words_of_findings(writer: str | None, mask: Mask | None = None) -> dict[str, object]:
    """Words and tones, who writes, and what renders a text (without a mask's names), as the templates call them."""
    return {
        "writer": writer or "",
        "kind_words": KIND_WORDS,
        "response_words": RESPONSE_WORDS,
        "response_tones": RESPONSE_TONES,
        "verdict_words": VERDICT_WORDS,
        "verdict_tones": VERDICT_TONES,
        "written": written_without(mask),
        "questions_in": questions_in,
        "answer_of": answer_of,
        "answer_words": answer_words,
        "judge_row": judge_row,
        "shown_path": lambda path: shown(path_at(path)),
    }
