"""What a review is told before it is handed in: advice, never a gate."""

import pytest

from reviewhub.reviews.advice import Advice, Draft, DraftFinding, DraftText, Topic, advise, estimates
from reviewhub.reviews.giveaways import Person, find_giveaways
from reviewhub.reviews.places import Place, PlaceKind
from reviewhub.reviews.specific import estimate_specific

LINE = Place(kind=PlaceKind.LINES, path="train.py", first_line=12, last_line=12)
PROJECT = Place(kind=PlaceKind.PROJECT)
GOOD = "The learning rate is 0.01, but section 4 of the paper trains with 0.0002."
SEZEN = Person(name="Sezen Işık Çelik", email="sezen.celik@student.example.org", is_author=True)
WILL = Person(name="Will Can", email="wcan7@student.example.org")


def finding(number: int = 1, text: str = GOOD, *, kind: str = "mistake", place: Place = LINE) -> DraftFinding:
    return DraftFinding(number=number, kind=kind, text=text, places=(place,))


def told(draft: Draft) -> list[str]:
    return [one.text for one in advise(draft)]


def test_good_draft_is_told_nothing() -> None:
    assert advise(Draft(findings=[finding()])) == ()


def test_draft_without_findings_is_asked_what_was_checked() -> None:
    assert told(Draft()) == ["There is no finding yet. If you found nothing, say in the summary what you checked."]


def test_files_and_items_that_were_left_out_are_named() -> None:
    draft = Draft(
        findings=[finding()], unopened=["train.py"], empty=[("licence", "Licence and foreign code")], has_summary=False
    )
    assert advise(draft) == (
        Advice(topic=Topic.UNOPENED, text="train.py", path="train.py"),
        Advice(topic=Topic.FORM, text="The summary is empty.", item="summary"),
        Advice(topic=Topic.FORM, text="“Licence and foreign code” is not answered.", item="licence"),
    )


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (finding(text="Wrong."), "Finding 1 is very short: say what is wrong and how one can see it."),
        (finding(text="The generator does not follow the architecture that the group promised.", place=PROJECT),
         "Finding 1 has no place: point at the line, cell or output, or name the file and section."),
        (finding(text="There is no licence for the code that was copied from somewhere else.", kind="missing",
                 place=PROJECT),
         ("Finding 1 has no place: say where one would expect it: a file, a section of the notebook, a line of the "
          "README.")),
        (finding(text="This is not how the generator ought to be made, in my opinion.",
                 place=Place(kind=PlaceKind.FILE, path="model.py")),
         "Finding 1 shows no evidence: say how one can see it: quote the line, the number, or what the paper says."),
    ],
)  # fmt: skip
def test_finding_without_evidence_is_told_what_is_missing(one: DraftFinding, sentence: str) -> None:
    assert told(Draft(findings=[one])) == [sentence]


def test_place_that_quotes_its_line_is_evidence() -> None:
    text = "This is not how the generator ought to be made, in my opinion."
    quoted = DraftFinding(number=1, kind="mistake", text=text, places=(LINE,), has_quote=True)
    assert told(Draft(findings=[quoted])) == []


def test_question_and_remark_need_not_prove_anything() -> None:
    text = "Did you consider how the generator would behave on other pictures?"
    assert told(Draft(findings=[finding(text=text, kind="question", place=PROJECT)])) == []
    assert estimates([finding(kind="remark")]) == {}


def test_finding_that_says_nearly_the_same_is_pointed_out() -> None:
    again = "The learning rate is 0.01 but in section 4 of the paper it trains with 0.0002"
    draft = Draft(findings=[finding(), finding(2, "Weights of the generator are not initialised as in section 3."),
                            finding(3, again)])  # fmt: skip
    assert told(draft) == ["Finding 3 says nearly the same as finding 1: one finding can have several places."]


def test_name_in_a_text_is_shown_with_the_words_around_it() -> None:
    summary = DraftText(part="summary", title="", text="All in all solid work. Best wishes, Sezen")
    comment = DraftText(part="method", title="Method", text="I asked wcan7 and it ran.")
    draft = Draft(findings=[finding()], texts=[summary, comment], people=[SEZEN, WILL])
    assert [(one.text, one.excerpt, one.item) for one in advise(draft)] == [
        ("The summary names you: “Sezen”.", "…in all solid work. Best wishes, Sezen", "summary"),
        ("“Method” names a member of your group: “wcan7”.", "I asked wcan7 and it ran.", "method"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Sezen Çelik", ["Sezen", "Çelik"], id="the name"),
        pytest.param("as SEZEN CELIK wrote", ["SEZEN", "CELIK"], id="capitals and no accents"),
        pytest.param("isik did it", ["isik"], id="dotless letters"),
        pytest.param("(sezen.celik@student.example.org)", ["sezen.celik@student.example.org", "sezen.celik", "sezen",
                                                           "celik"], id="the address"),
        pytest.param("github.com/sezen.celik", ["sezen.celik", "sezen", "celik"], id="what stands before the @"),
        pytest.param("Sezen's notebook", ["Sezen"], id="with an apostrophe"),
        pytest.param("Sezenler, çelikten, sezenx", [], id="parts of longer words"),
        pytest.param("You can see it will not run. Can it? Will it?", [], id="ordinary words"),
        pytest.param("as I told Will yesterday", ["Will"], id="an ordinary word as a name"),
        pytest.param("", [], id="no text"),
    ],
)  # fmt: skip
def test_names_are_found_in_every_spelling_and_only_as_words(text: str, words: list[str]) -> None:
    assert [one.word for one in find_giveaways(text, [SEZEN, WILL])] == words


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        ("Wrong.", PROJECT, (False, False, False)),
        ("Wrong.", LINE, (True, False, False)),
        ("The batch size that the group uses is not right.", LINE, (True, True, False)),
        (GOOD, LINE, (True, True, True)),
        (GOOD, PROJECT, (True, True, True)),
        ("The rate that they use is not that of the authors at all.", PROJECT, (False, True, True)),
        ("```\nlr=0.01\n```", LINE, (True, False, True)),
        ("Wrong, see https://example.org/a/long/address/with/words", LINE, (True, False, True)),
    ],
)
def test_specific_has_a_place_says_what_is_wrong_and_how_one_sees_it(
    text: str, place: Place, parts: tuple[bool, bool, bool]
) -> None:
    guess = estimate_specific(text=text, places=(place,))
    assert (guess.has_place, guess.says_what, guess.says_how) == parts
    assert guess.score == sum(parts)
    assert bool(guess.hint) == (guess.score < 3)
