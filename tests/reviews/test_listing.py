"""Assignments and partners of last term as lists: every line's fault is told, a list without any is a dry run."""

import contextlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reviewhub.cli.assignment import assignment
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, NotAllowed
from reviewhub.reviews.assigning import run_record, undo_run
from reviewhub.reviews.deriving import derive_plan
from reviewhub.reviews.listing import (
    check_list,
    check_partners,
    keep_partners,
    load_partners,
    revoke_partners,
    run_from_list,
    write_assignments,
)
from reviewhub.reviews.pair_lists import PROJECT, REVIEWER, read_pairs, write_pairs
from reviewhub.reviews.tables import AssignmentRun
from reviewhub.storage import Database
from tests.reviews.acts import save, submit
from tests.reviews.test_assigning import NOW, apply, dry_run, know_reviews, pairs
from tests.reviews.visits import visitor, words_of
from tests.reviews.worlds import World

LIST = "reviewer;project\nada@example.org;VAE\nCem Example;glow\nece@example.org;DCGAN\n"


def test_list_is_read_with_any_delimiter_and_order_of_columns() -> None:
    found = read_pairs("\ufeffproject\tstudent\nVAE\t'ada\n\nGLOW\tcem\n", first=REVIEWER, second=PROJECT)
    assert [(one.line, one.first, one.second) for one in found] == [(2, "ada", "VAE"), (4, "cem", "GLOW")]


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    lines = len(text.splitlines())
    with contextlib.suppress(BadInput):
        assert len(read_pairs(text, first=REVIEWER, second=PROJECT)) < lines


@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.text(max_size=9)), max_size=5))
def test_written_list_holds_no_formula(rows: list[tuple[str, str]]) -> None:
    text = write_pairs(("reviewer", "project"), rows)
    assert not any(
        cell.lstrip('"').startswith(("=", "+", "@")) for line in text.split("\r\n") for cell in line.split(",")
    )


def test_every_fault_of_a_list_is_told_with_its_line(database: Database, world: World) -> None:
    text = LIST + "nobody@example.org;VAE\nece@example.org;GAN\nada@example.org;DCGAN\nada@example.org;VAE\n;VAE\n"
    with database.reading() as session:
        checked = check_list(session, find_course(session, "dgm"), text)
    assert [(line.listed.line, line.fault) for line in checked.lines if line.fault] == [
        (5, "There is no reviewer “nobody@example.org”."),
        (6, "There is no project “GAN”."),
        (7, "It goes against a rule: nobody reviews their own project."),
        (8, "The same pair stands in line 2."),
        (9, "The reviewer is missing."),
    ]
    with pytest.raises(BadInput, match="Some lines"), database.writing() as session:
        run_from_list(session, actor=world.actor("iris"), now=NOW, course="dgm", text=text)
    assert pairs(database) == set()


def list_run(database: Database, world: World, text: str, who: str = "iris") -> AssignmentRun:
    with database.writing() as session:
        return run_from_list(session, actor=world.actor(who), now=NOW, course="dgm", text=text)


def test_list_becomes_a_dry_run_is_applied_and_undone(database: Database, world: World) -> None:
    run = list_run(database, world, LIST)
    assert pairs(database) == set()
    apply(database, world, run)
    wanted = {("ada", "VAE"), ("cem", "GLOW"), ("ece", "DCGAN")}
    assert pairs(database) == {(world.enrollments[name], world.projects[key]) for name, key in wanted}
    with database.reading() as session:
        written = write_assignments(session, find_course(session, "dgm"))
    assert written.splitlines()[1] == "ada@example.org,VAE,Ada Example,not begun,,As the list says."
    again = list_run(database, world, written)
    assert again.plan == run.plan
    with database.writing() as session:
        undo_run(session, actor=world.actor("iris"), now=NOW, course="dgm", run_id=run.id)
    assert pairs(database) == set()


def test_list_keeps_a_begun_review_it_leaves_out(database: Database, world: World) -> None:
    apply(database, world, dry_run(database, world))
    name, key = know_reviews(database, world)
    save(database, world, name, key)
    submit(database, world, name, key)
    kept = (world.enrollments[name], world.projects[key])
    text = "\n".join(line for line in LIST.splitlines() if not line.casefold().startswith(name))
    apply(database, world, list_run(database, world, text))
    assert kept in pairs(database)


def test_only_staff_send_lists(database: Database, world: World) -> None:
    with pytest.raises(NotAllowed):
        list_run(database, world, LIST, who="ada")


def test_partners_of_last_term_become_rules_both_ways_and_are_taken_back(database: Database, world: World) -> None:
    text = (
        "student,partner,reason\nada@example.org,ece@example.org,together in CENG 501\nEce Example,ADA@example.org,\n"
    )
    iris = world.actor("iris")
    with database.writing() as session:
        assert keep_partners(session, actor=iris, now=NOW, course="dgm", text=text) == 1
    with database.reading() as session:
        assert load_partners(session, find_course(session, "dgm")) in (
            [("Ada Example", "Ece Example")], [("Ece Example", "Ada Example")],
        )  # fmt: skip
    for seed in range(4):
        plan = {(row["reviewer_id"], row["project_id"]) for row in dry_run(database, world, seed=seed).plan}
        assert (world.enrollments["ada"], world.projects["GLOW"]) not in plan
        assert (world.enrollments["ece"], world.projects["DCGAN"]) not in plan
    with database.writing() as session:
        assert revoke_partners(session, actor=iris, now=NOW, course="dgm") == 1
    with database.reading() as session:
        assert load_partners(session, find_course(session, "dgm")) == []


def test_partner_of_oneself_and_strangers_are_faults(database: Database, world: World) -> None:
    with database.reading() as session:
        lines = check_partners(
            session, find_course(session, "dgm"), "student,partner\nada@example.org,Ada Example\nx,y\n"
        )
    assert [line.fault for line in lines] == ["Nobody is their own partner.", "There is no student “x”."]


def test_run_is_derived_again_from_what_is_stored(database: Database, world: World) -> None:
    run = dry_run(database, world)
    with database.reading() as session:
        record = json.loads(json.dumps(run_record(session.scalars(select(AssignmentRun)).one())))
    found = derive_plan(record["question"], record["input_digest"], record["plan"])
    assert (found.is_equal, found.input_digest, found.pairs) == (True, run.input_digest, 5)
    changed = record | {"plan": record["plan"][1:]}
    assert len(derive_plan(changed["question"], changed["input_digest"], changed["plan"]).only_derived) == 1
    record["question"]["each"] = 2
    assert not derive_plan(record["question"], record["input_digest"], record["plan"]).digest_is_equal
    with pytest.raises(BadInput, match="nothing to derive"):
        run_record(list_run(database, world, LIST))


def test_pages_of_lists_show_faults_and_lead_to_the_dry_run(  # type: ignore[no-untyped-def]
    make_app, sqlite_database: Database, settings, make_world, clock, tmp_path: Path
) -> None:
    world = make_world(sqlite_database)
    clock.put(NOW)
    iris = visitor(make_app(), sqlite_database, world, "iris", now=NOW, settings=settings)
    refused = iris.post("/c/dgm/assignments/list", {"text": LIST + "nobody;VAE\n"})
    assert refused.status_code == 422
    assert "5 nobody VAE cannot be There is no reviewer “nobody”." in words_of(refused)
    accepted = iris.post("/c/dgm/assignments/list", {"text": LIST})
    assert accepted.status_code == 303
    assert "none: it came from a list" in words_of(iris.get(accepted.headers["Location"]))
    run = dry_run(sqlite_database, world)
    stored = iris.get(f"/c/dgm/assignments/runs/{run.id}/input.json")
    assert json.loads(stored.data)["input_digest"] == run.input_digest
    file = tmp_path / "input.json"
    file.write_bytes(stored.data)
    said = CliRunner().invoke(assignment, ["derive", "--file", str(file)], standalone_mode=False)
    assert (said.return_value, said.output.splitlines()[-1]) == (0, "Equal: the same 5 pairs come out again.")
    file.write_bytes(stored.data.replace(b'"each": 1', b'"each": 2'))
    said = CliRunner().invoke(assignment, ["derive", "--file", str(file)], standalone_mode=False)
    assert said.return_value == 1
    assert "it was changed after the dry run" in said.output
    assert iris.get("/c/dgm/assignments.csv").data.startswith(b"reviewer,project,name")
    looked = iris.post("/c/dgm/conflicts/partners", {"text": "student,partner\nada@example.org,ece@example.org\n"})
    assert "Keep these pairs" in words_of(looked)
    assert "No pairs yet" in words_of(iris.get("/c/dgm/conflicts/partners"))


def test_page_of_a_dry_run_says_pair_reason_and_change(  # type: ignore[no-untyped-def]
    make_app, sqlite_database: Database, settings, make_world, clock
) -> None:
    world = make_world(sqlite_database)
    clock.put(NOW)
    apply(sqlite_database, world, list_run(sqlite_database, world, LIST))
    iris = visitor(make_app(), sqlite_database, world, "iris", now=NOW, settings=settings)
    with sqlite_database.writing() as session:
        question = (
            "reviewer,project\nada@example.org,GLOW\ncem@example.org,GLOW\nece@example.org,DCGAN\n"
            "bora@example.org,VAE\n"
        )
        run = run_from_list(session, actor=world.actor("iris"), now=NOW, course="dgm", text=question)
    page = iris.get(f"/c/dgm/assignments?run={run.id}").get_data(as_text=True)
    rows = re.findall(
        r"<tr(?: class=\"struck\")?>(.*?)</tr>", page.split("</thead>")[1].split("</tbody>")[0], re.DOTALL
    )
    told = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    assert told == [
        "AE Ada Example GLOW new both ways As the list says.",
        "BE Bora Example VAE new As the list says.",
        "CE Cem Example GLOW kept As the list says.",
        "EE Ece Example DCGAN kept both ways As the list says.",
        "AE Ada Example VAE dropped Not in this plan.",
    ]
    words = words_of(iris.get(f"/c/dgm/assignments?run={run.id}"))
    assert "New pairs 2 2 kept, 1 dropped" in words
    assert "1 pair of projects review each other." in words
    assert "Reviewers per project 2 projects with 1, 1 project with 2" in words
