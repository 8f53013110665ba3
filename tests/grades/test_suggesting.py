"""Suggested matches in real rows: shown, kept once, confirmed, denied and taken back, on both databases."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import Strength
from reviewhub.grades.gathering import gather
from reviewhub.grades.grading import accept_finding, reject_finding, undo_finding
from reviewhub.grades.invariants import INVARIANTS
from reviewhub.grades.precision import Answered, Outcome, tallies
from reviewhub.grades.suggested import ShownMatch, logged_matches, read_precision, shown_matches
from reviewhub.grades.suggesting import confirm_suggestions, deny_suggestion, log_suggestions, undo_suggestion
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import Match
from reviewhub.reviews.places import Place, PlaceKind
from reviewhub.storage import Database
from tests.grades.test_two_graders import at_once
from tests.grades.worlds import GRADING, World, add_project, add_review, make_course

ROOT = Place(kind=PlaceKind.LINES, path="process.py", first_line=17, last_line=17)
NEAR = Place(kind=PlaceKind.LINES, path="process.py", first_line=14, last_line=18)
LAST = Place(kind=PlaceKind.LINES, path="sampling.py", first_line=18, last_line=18)
ROOT_DRAFT = MistakeDraft(title="Square root missing before the noise", severity="critical", criterion="method")
LAST_DRAFT = MistakeDraft(title="Noise is added in the last sampling step too", severity="major", criterion="method")


class Bench:
    """DDPM, reviewed by Cem, Defne and Elif, and Ida at its desk: Cem's findings are M1 and M2 already."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            self.world: World = make_course(session)
            add_project(session, self.world, "DDPM", ("Ayşe", "Baran"))
            root = ("mistake", "critical", "The square root before the noise is missing (Eq. 4).", ROOT)
            last = ("mistake", "major", "Noise is added in the last sampling step as well.", LAST)
            again = ("mistake", "critical", "sqrt forgotten: the square root before the noise is missing.", NEAR)
            vague = ("mistake", "minor", "The noise looks strange to me.", NEAR)
            asks = ("question", "critical", "Is the square root before the noise missing?", ROOT)
            praise = ("remark", "trivial", "The square root before the noise is missing, but nice plots.", ROOT)
            add_review(session, self.world, "DDPM", "Cem", root, last)
            add_review(session, self.world, "DDPM", "Defne", again, last, praise)
            add_review(session, self.world, "DDPM", "Elif", vague, asks)
        self.do(accept_finding, finding_id=self.finding("Cem/1"), draft=ROOT_DRAFT)
        self.do(accept_finding, finding_id=self.finding("Cem/2"), draft=LAST_DRAFT)

    def finding(self, name: str) -> str:
        return self.world.findings[f"DDPM/{name}"]

    def do(self, verb: Callable[..., Any], *, by: str = "Ida", **more: Any) -> None:
        with self.database.writing() as session:
            verb(session, actor=self.world.actor(by), now=GRADING, course="ceng796", key="DDPM", **more)

    def shown(self) -> dict[str, ShownMatch]:
        """The suggestion for each finding, by its name."""
        names = {finding_id: name.removeprefix("DDPM/") for name, finding_id in self.world.findings.items()}
        project_id = self.world.projects["DDPM"].id
        with self.database.reading() as session:
            gathered = gather(session, self.world.course, project_ids=[project_id])
            found = shown_matches(gathered, project_id, logged_matches(session, project_id))
        return {names[one.finding_id]: one for one in found}

    def pair(self, name: str) -> tuple[str, str]:
        finding_id, _, mistake_id = self.shown()[name].pair.partition(":")
        return finding_id, mistake_id

    def rows(self) -> list[SuggestedMatch]:
        with self.database.reading() as session:
            return list(session.scalars(select(SuggestedMatch)))

    def matches(self) -> set[tuple[str, str]]:
        """Finding and strength of the matches that stand, without Cem's."""
        names = {finding_id: name.removeprefix("DDPM/") for name, finding_id in self.world.findings.items()}
        with self.database.reading() as session:
            rows = session.scalars(select(Match).where(Match.undone_at.is_(None)))
            return {
                (names[row.finding_id], row.strength) for row in rows if not names[row.finding_id].startswith("Cem")
            }

    def broken(self) -> list[str]:
        with self.database.reading() as session:
            return [said for invariant in INVARIANTS.values() for said in invariant(session)]


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    """A bench on each database, left whole."""
    made = Bench(database)
    yield made
    assert made.broken() == []


def test_suggestions_are_ticked_where_sure_and_asked_for_questions(bench: Bench) -> None:
    shown = bench.shown()

    assert {name for name, one in shown.items() if one.is_ticked} == {"Defne/1", "Defne/2"}
    assert not shown["Elif/2"].is_ticked
    assert "Defne/3" not in shown  # a remark notes nothing
    assert shown["Defne/1"].parts[0] == "the same lines"
    assert bench.matches() == set()  # shown, not decided


def test_what_is_shown_is_kept_once(bench: Bench) -> None:
    bench.do(log_suggestions)
    bench.do(log_suggestions, by="Ali")

    assert len(bench.rows()) == len(bench.shown()) >= 3
    assert all(row.outcome is None and row.shown_at == GRADING for row in bench.rows())
    assert all(one.is_logged for one in bench.shown().values())


def test_all_ticked_are_confirmed_by_one_key(bench: Bench) -> None:
    pairs = [bench.pair(name) for name, one in bench.shown().items() if one.is_ticked]

    bench.do(confirm_suggestions, pairs=pairs)
    bench.do(confirm_suggestions, pairs=pairs)  # a second click

    assert bench.matches() == {("Defne/1", "full"), ("Defne/2", "full")}
    assert sorted(row.outcome or "" for row in bench.rows() if row.outcome) == ["confirmed", "confirmed"]
    assert "Defne/1" not in bench.shown()


def test_a_suggestion_is_confirmed_in_part_and_taken_back(bench: Bench) -> None:
    pair = bench.pair("Defne/1")

    bench.do(confirm_suggestions, pairs=[pair], strength=Strength.PARTIAL)
    assert bench.matches() == {("Defne/1", "partial")}
    bench.do(undo_suggestion, pair=pair)

    assert bench.matches() == set()
    assert bench.pair("Defne/1") == pair
    assert [row.outcome for row in bench.rows() if (row.finding_id, row.mistake_id) == pair] == [None]


def test_what_is_denied_is_not_suggested_again_until_it_is_taken_back(bench: Bench) -> None:
    pair = bench.pair("Defne/1")

    bench.do(deny_suggestion, pair=pair)
    bench.do(deny_suggestion, pair=pair, by="Ali")
    assert bench.shown().get("Defne/1") is None or bench.pair("Defne/1") != pair
    bench.do(undo_suggestion, pair=pair)

    assert bench.pair("Defne/1") == pair
    with pytest.raises(Conflict, match="no answer here to take back"):
        bench.do(undo_suggestion, pair=pair)


def test_of_several_confirmed_together_none_stands_where_one_was_decided_meanwhile(bench: Bench) -> None:
    pairs = [bench.pair("Defne/1"), bench.pair("Defne/2")]
    bench.do(reject_finding, by="Ali", finding_id=pairs[1][0], reason="Not so.")

    with pytest.raises(Conflict, match="Somebody else decided"):
        bench.do(confirm_suggestions, pairs=pairs)

    assert bench.matches() == set()


def test_a_confirmed_suggestion_cannot_be_denied_behind_the_first_grader(bench: Bench) -> None:
    pair = bench.pair("Defne/1")
    bench.do(confirm_suggestions, pairs=[pair])

    with pytest.raises(Conflict, match="Somebody else decided"):
        bench.do(deny_suggestion, by="Ali", pair=pair)


@pytest.mark.parametrize("verb", [confirm_suggestions, deny_suggestion])
def test_what_was_never_suggested_is_refused(bench: Bench, verb: Callable[..., Any]) -> None:
    pair = (bench.finding("Defne/2"), bench.pair("Defne/1")[1])
    asked = {"pairs": [pair]} if verb is confirm_suggestions else {"pair": pair}

    with pytest.raises(Conflict, match="not suggested any more"):
        bench.do(verb, **asked)


def test_nothing_ticked_is_told(bench: Bench) -> None:
    with pytest.raises(BadInput, match="Nothing is ticked"):
        bench.do(confirm_suggestions, pairs=[])


def test_students_answer_no_suggestion(bench: Bench) -> None:
    with pytest.raises(NotAllowed):
        bench.do(confirm_suggestions, by="Cem", pairs=[bench.pair("Defne/1")])


def test_two_graders_confirm_and_deny_at_once(bench):
    pair = bench.pair("Defne/1")
    bench.do(log_suggestions)

    refused = at_once(
        lambda: bench.do(confirm_suggestions, pairs=[pair]),
        lambda: bench.do(deny_suggestion, by="Ali", pair=pair),
        lambda: bench.do(confirm_suggestions, by="Ali", pairs=[pair]),
        lambda: bench.do(log_suggestions, by="Ali"),
    )

    assert len(bench.matches()) <= 1
    assert len(bench.rows()) == len({(row.finding_id, row.mistake_id) for row in bench.rows()})
    assert all(fault is None or isinstance(fault, Conflict) for fault in refused)


def test_precision_counts_what_stands(bench: Bench) -> None:
    bench.do(confirm_suggestions, pairs=[bench.pair("Defne/1")])
    bench.do(deny_suggestion, pair=bench.pair("Elif/2"))
    bench.do(reject_finding, finding_id=bench.finding("Defne/2"), reason="Not so.")

    with bench.database.reading() as session:
        whole = read_precision(session, bench.world.course)[-1]

    assert (whole.confirmed, whole.denied, whole.ignored) == (1, 1, 1)
    assert whole.share == pytest.approx(1 / 3)
    bench.do(undo_finding, finding_id=bench.finding("Defne/1"))
    with bench.database.reading() as session:
        assert read_precision(session, bench.world.course)[-1].confirmed == 0


def test_a_tally_has_a_row_for_each_band_and_one_for_all() -> None:
    told = tallies(
        [
            Answered(score=0.95, strength="full", is_decided=True),
            Answered(score=0.75, strength="partial", answer="confirmed", is_decided=True),
            Answered(score=0.5, answer="denied"),
            Answered(score=0.3, is_decided=True),
            Answered(score=0.3),
        ]
    )

    assert [(one.right, one.answered, one.open) for one in told] == [
        (1, 1, 0),
        (1, 1, 0),
        (0, 1, 0),
        (0, 1, 1),
        (2, 4, 1),
    ]
    assert tallies([])[-1].share is None
    assert Answered(score=0.5, answer="confirmed").outcome is Outcome.OPEN  # taken back since
