"""CENG 796: midterm 30, paper presentation 20, project as developer 30, as reviewer 10, homework 10.

A small class: Ayşe and Barış made AWGAN together, Cem made FLOW, Ece made DDPM, Defne handed nothing in. Every number
of every table is worked out by hand below it.
"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import (
    AdjustmentFact,
    AssignmentFact,
    FindingFact,
    GradingFacts,
    MatchFact,
    ProjectFact,
    ReviewFact,
    SnapshotFact,
    Strength,
)
from reviewhub.grades.ledger import ledger_of
from reviewhub.grades.lines import Component
from tests.grades.golden.syllabus import (
    arrival,
    component,
    costs,
    findings_and_matches,
    graded,
    in_words,
    marks,
    mistakes_in,
    number,
    rows,
    sheet,
    shipped,
    student,
)

DUE = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
QUALITY = ("specific", "correct", "constructive", "complete")

# ── AWGAN ───────────────────────────────────────────────────────────────────────────────────────────────────
# What each mistake costs in version 1, in version 2, and, where no reviewer noted it, each of its two reviewers.
# The rubric: goals 10, method 30, code 20, data 10, notebook 10, results 15, discussion 5.
AWGAN = """
    no  severity  criterion   made in  detectable  verdict    v1     v2     Cem    Defne
    M1  major     method      1        yes         fixed      −8     0      —      —
    M2  critical  code        1        yes         not fixed  −15    −15    −7.5   −7.5
    M3  minor     notebook    1        yes         partly     −3     −1.5   −0.75  −0.75
    M4  trivial   discussion  1        no          fixed      −1     0      —      —
    M5  major     data        1        yes         fixed      −8     0      —      —
    M6  minor     goals       1        yes         obsolete   −3     0      −1.5   −1.5
    M7  minor     code        2        yes         —          —      −3     —      —
    M8  2.5       results     1        yes         not fixed  −2.5   −2.5   −1.25  −1.25
"""
# M4 is not detectable from the submission: no reviewer pays. M7 came with version 2: none could have seen it.
# M8 was noticed only while version 2 was graded: version 1 carries it in full, and the reviewers missed it.
# Version 1: 100 − 8 − 15 − 3 − 1 − 8 − 3 − 2.5 = 59.5.   Version 2: 100 − 15 − 1.5 − 3 − 2.5 = 78.
# Developer: 0.4 · 59.5 + 0.6 · 78 = 23.8 + 46.8 = 70.6; Barış has −5 of his own: 65.6.
AWGAN_FINDINGS = """
    Cem 1: mistake, M1 fully
    Cem 2: question accepted, M5 fully
    Cem 3: question, M2 fully
    Cem 4: mistake rejected
    Defne 1: missing, M3 in part
    Defne 2: remark, M6 fully
"""
# A question the instructor did not accept notes nothing (M2), and a remark never does (M6).
#
# Losses under "all": 7.5 + 0.75 + 1.5 + 1.25 = 11 each; Defne's partial match of M3 spares both half of its 1.5.
# Coverage over M1, M2, M3, M5, M6, M8: 8 + 15 + 3 + 8 + 3 + 2.5 = 39.5 points.
# Cem:   r = (8 + 8 + 5) ÷ (39.5 + 5) = 21 ÷ 44.5; r ÷ 0.8 = 21 ÷ 35.6 = 0.58988…; k = 2 ÷ 6: coverage 58.988…
#        quality (80 + 80 + 60 + 100) ÷ 4 = 80: 40 + 29.494… − 11 = 58.494…
# Defne: r ÷ 0.8 = (1.5 + 5) ÷ 35.6 = 0.18258…; k = 1 ÷ 6: coverage 18.258…
#        quality 60: 30 + 9.129… − 11 = 28.129…

# ── FLOW ────────────────────────────────────────────────────────────────────────────────────────────────────
FLOW = """
    no  severity  criterion   made in  detectable  verdict    v1     v2     Ayşe   Barış
    M1  critical  data        1        yes         fixed      −15    0      —      —
"""
# Data has 10 points: 10 − 15 stops at 0, a line of +5. Version 1: 90, version 2: 100: 36 + 60 = 96.
# Version 1 came 45 minutes late: this course states no late policy, so it costs nothing by rule.
FLOW_FINDINGS = """
    Ayşe 1: mistake, M1 fully
    Barış 1: missing, M1 fully
"""
# Coverage (15 + 5) ÷ (15 + 5) = 1: 100. Ayşe, quality 90: 45 + 50 = 95. Barış, 70: 35 + 50 = 85. Defne: no review, 0.

# ── DDPM ────────────────────────────────────────────────────────────────────────────────────────────────────
DDPM = """
    no  severity  criterion   made in  detectable  verdict    v1     v2     Cem
    M1  critical  method      1        yes         fixed      −15    0      −7.5
    M2  critical  method      1        yes         fixed      −15    0      −7.5
    M3  critical  method      1        yes         fixed      −15    0      −7.5
    M4  critical  code        1        yes         fixed      −15    0      −7.5
    M5  critical  code        1        yes         fixed      −15    0      −7.5
    M6  critical  code        1        yes         partly     −15    −7.5   −7.5
"""
# Method 30 − 45 and code 20 − 45 both stop at 0: version 1 is 100 − 30 − 20 = 50. Version 2: 92.5.
# Developer: 20 + 55.5 = 75.5.
# Cem: 6 · 7.5 = 45 stops at the cap of 40. r ÷ 0.8 = 5 ÷ (95 · 0.8) = 5 ÷ 76 = 0.065789…: coverage 6.5789…
#      quality 90: 45 + 3.2894… − 40 = 8.2894…

REVIEWS = """
    project  reviewer  quality        grade
    AWGAN    Cem       80 80 60 100   58.49
    AWGAN    Defne     60 60 60 60    28.13
    FLOW     Ayşe      90 90 90 90    95.00
    FLOW     Barış     70 70 70 70    85.00
    FLOW     Defne     —              0.00
    DDPM     Cem       90 90 90 90    8.29
"""
PROJECTS = """
    project  v1     v2      developer
    AWGAN    59.50  78.00   70.60
    FLOW     90.00  100.00  96.00
    DDPM     50.00  92.50   75.50
"""
# Reviewer: Cem (58.494… + 8.289…) ÷ 2 = 33.391…; Defne (28.129… + 0) ÷ 2 = 14.064….
CLASS = """
    student  midterm  presentation  homework  developer  reviewer  total
    Ayşe     80       90 70         100       70.60      95.00     80.68
    Barış    65.5     75            50 90     65.60      85.00     69.83
    Cem      90       85            80        96.00      33.39     84.14
    Defne    50       60            40        0.00       14.06     32.41
    Ece      —        80            70        75.50      —         —
"""
# Ayşe:  0.3 · 80 + 0.2 · 80 + 0.3 · 70.6 + 0.1 · 95 + 0.1 · 100 = 24 + 16 + 21.18 + 9.5 + 10 = 80.68
# Barış: 0.3 · 65.5 + 0.2 · 75 + 0.3 · 65.6 + 0.1 · 85 + 0.1 · 70 = 19.65 + 15 + 19.68 + 8.5 + 7 = 69.83
# Cem:   27 + 17 + 28.8 + 3.3391… + 8 = 84.1391…
# Defne: 15 + 12 + 0 + 1.4064… + 4 = 32.4064…
# Ece was given no review and has no midterm mark: no total.


def a_project(
    key: str, developers: str, table: str, said: str, *, late: str = "0 s", versions: str = "1 2"
) -> ProjectFact:
    findings, matches = findings_and_matches(said) if said else ((), ())
    given = {row["reviewer"]: row["quality"] for row in rows(REVIEWS) if row["project"] == key}
    return ProjectFact(
        project_id=key,
        key=key,
        developers=tuple(developers.split()),
        snapshots=tuple(
            SnapshotFact(
                snapshot_id=f"{key}-{version}",
                version=int(version),
                commit="c" * 40,
                arrival=arrival(late if version == "1" else "0 s", DUE),
            )
            for version in versions.split()
        ),
        settled=frozenset({1, 2}),
        mistakes=mistakes_in(table) if table else (),
        matches=matches,
        assignments=tuple(a_review(key, name, quality, findings) for name, quality in given.items()),
    )


def a_review(key: str, name: str, quality: str, findings: tuple[FindingFact, ...], *members: str) -> AssignmentFact:
    written = ReviewFact(
        review_id=f"{key} {name}",
        edition=1,
        arrival=arrival("0 s", DUE),
        findings=tuple(one for one in findings if one.finding_id.startswith(f"{name} ")),
        quality=tuple(zip(QUALITY, map(Decimal, quality.split()), strict=False)),
    )
    return AssignmentFact(
        assignment_id=f"{key} {name}", members=members or (name,), review=written if quality else None
    )


def the_projects() -> dict[str, ProjectFact]:
    own = AdjustmentFact(
        adjustment_id="own", enrollment_id="Barış", points=Decimal(-5), reason="Took no part in version 2."
    )
    made = (
        replace(a_project("AWGAN", "Ayşe Barış", AWGAN, AWGAN_FINDINGS), adjustments=(own,)),
        a_project("FLOW", "Cem", FLOW, FLOW_FINDINGS, late="45 min"),
        a_project("DDPM", "Ece", DDPM, ""),
        a_project("GLOW", "Defne", "", "", versions=""),
    )
    return {one.key: one for one in made}


def the_course() -> GradingFacts:
    keys = ("midterm", "presentation", "homework")
    return GradingFacts(
        projects=tuple(the_projects().values()),
        students=tuple(
            student(
                row["student"],
                works_alone=row["student"] not in {"Ayşe", "Barış"},
                has_project=True,
                marks=marks(row["student"], **{key: row[key] for key in keys if row[key]}),
            )
            for row in rows(CLASS)
        ),
    )


def missed(table: str, reviewer: str) -> dict[str, Decimal]:
    return {row["no"]: number(row[reviewer]) for row in rows(table) if row[reviewer]}


def test_each_mistake_costs_what_the_table_says_in_each_version() -> None:
    entries = ledger_of(the_course(), shipped("ceng796"))

    for key, table in (("AWGAN", AWGAN), ("FLOW", FLOW), ("DDPM", DDPM)):
        for column, version in (("v1", Component.VERSION_1), ("v2", Component.VERSION_2)):
            assert costs(entries, version, key) == {
                row["no"]: number(row[column]) for row in rows(table) if row[column]
            }, (key, column)


def test_each_missed_mistake_costs_its_reviewers_what_the_table_says() -> None:
    entries = ledger_of(the_course(), shipped("ceng796"))

    told = {
        (key, name): costs(entries, Component.REVIEW, f"{key} {name}")
        for key, name in (("AWGAN", "Cem"), ("AWGAN", "Defne"), ("FLOW", "Ayşe"), ("FLOW", "Barış"), ("DDPM", "Cem"))
    }

    tables = {"AWGAN": AWGAN, "FLOW": FLOW, "DDPM": DDPM}
    assert told == {(key, name): missed(tables[key], name) for key, name in told}


def test_projects_are_graded_as_worked_out_by_hand() -> None:
    facts, policy = the_course(), shipped("ceng796")

    for row in rows(PROJECTS):
        owner = the_projects()[row["project"]].developers[0]
        told = (
            sheet(facts, policy, Component.VERSION_1, row["project"]),
            sheet(facts, policy, Component.VERSION_2, row["project"]),
            sheet(facts, policy, Component.DEVELOPER, owner, row["project"]),
        )
        assert told == (row["v1"], row["v2"], row["developer"])


def test_reviews_are_graded_as_worked_out_by_hand() -> None:
    facts, policy = the_course(), shipped("ceng796")

    told = [sheet(facts, policy, Component.REVIEW, f"{row['project']} {row['reviewer']}") for row in rows(REVIEWS)]

    assert told == [row["grade"] for row in rows(REVIEWS)]


def test_class_is_graded_as_worked_out_by_hand() -> None:
    told = graded(the_course(), shipped("ceng796"))

    assert [
        (component(told[row["student"]], "developer"), component(told[row["student"]], "reviewer"))
        for row in rows(CLASS)
    ] == [(row["developer"], row["reviewer"] or "—") for row in rows(CLASS)]
    assert [in_words(told[row["student"]]) for row in rows(CLASS)] == [row["total"] or "—" for row in rows(CLASS)]
    assert told["Ece"].missing == (
        "Midterm: there is no mark yet.",
        "Project, as reviewer: no review was assigned.",
    )


# ── The same AWGAN under other rules ────────────────────────────────────────────────────────────────────────
def awgan(policy: Policy, of: Component, whose: str, **changed: object) -> str:
    project = replace(the_projects()["AWGAN"], **changed)  # type: ignore[arg-type]
    return sheet(GradingFacts(projects=(project,)), policy, of, whose)


# "each": whoever did not note it pays, whatever the other wrote.
EACH = """
    no  Cem    Defne
    M1  —      −4
    M2  −7.5   −7.5
    M3  −1.5   −0.75
    M5  —      −4
    M6  −1.5   −1.5
    M8  −1.25  −1.25
"""
# Cem 11.75, Defne 19: 40 + 29.494… − 11.75 = 57.744…; 30 + 9.129… − 19 = 20.129….


def test_under_each_whoever_did_not_note_a_mistake_pays() -> None:
    policy = shipped("ceng796", missed="each")
    entries = ledger_of(the_course(), policy)

    assert costs(entries, Component.REVIEW, "AWGAN Cem") == missed(EACH, "Cem")
    assert costs(entries, Component.REVIEW, "AWGAN Defne") == missed(EACH, "Defne")
    assert awgan(policy, Component.REVIEW, "AWGAN Cem") == "57.74"
    assert awgan(policy, Component.REVIEW, "AWGAN Defne") == "20.13"


def test_mistakes_that_no_review_had_named_can_weigh_less_in_version_2() -> None:
    # Named: M1, M3 and M5. M2 and M8 count half: 7.5 + 1.5 + 3 + 1.25 = 13.25 off.
    policy = shipped("ceng796", unseen_in_v2=Decimal("0.5"))

    assert awgan(policy, Component.VERSION_2, "AWGAN") == "86.75"
    assert awgan(policy, Component.DEVELOPER, "Ayşe") == "75.85"  # 23.8 + 0.6 · 86.75 = 23.8 + 52.05


def test_reviewer_who_dropped_out_pays_nothing_and_spares_nobody() -> None:
    # Without Defne nobody noted M3: Cem loses 1.5 for it, 11.75 in all.
    cem, defne = the_projects()["AWGAN"].assignments
    changed = (cem, replace(defne, held_to_account=False))

    assert awgan(shipped("ceng796"), Component.REVIEW, "AWGAN Cem", assignments=changed) == "57.74"


def test_several_trifles_cost_a_reviewer_little_coverage() -> None:
    # Six of seven mistakes are noted, though not the critical one: r ÷ 0.8 = (6 + 5) ÷ (26 · 0.8) = 11 ÷ 20.8 = 0.528…,
    # yet k = 6 ÷ 6: coverage 100. Loss 7.5; quality 80: 40 + 50 − 7.5 = 82.5.
    table = "no  severity  criterion  verdict\n" + "".join(f"M{n}  trivial  method  fixed\n" for n in range(1, 7))
    findings = tuple(FindingFact(finding_id=f"Cem {n}", number=n, kind="mistake") for n in range(1, 7))
    found = [(f"Cem {n}", f"M{n}") for n in range(1, 7)]

    told = awgan(
        shipped("ceng796"),
        Component.REVIEW,
        "AWGAN Cem",
        mistakes=mistakes_in(f"{table}M7  critical  code  fixed"),
        matches=tuple(MatchFact(finding_id=one, mistake_id=mistake, strength=Strength.FULL) for one, mistake in found),
        assignments=(a_review("AWGAN", "Cem", "80 80 80 80", findings),),
    )

    assert told == "82.50"


def test_every_member_of_a_reviewing_group_gets_the_groups_grade() -> None:
    findings, matches = findings_and_matches("Two 1: mistake, M1 fully")
    together = a_review("FLOW", "Two", "90 90 90 90", findings, "Ayşe", "Barış")
    project = replace(the_projects()["FLOW"], matches=matches, assignments=(together,))
    facts, policy = GradingFacts(projects=(project,)), shipped("ceng796")

    assert sheet(facts, policy, Component.REVIEWER, "Ayşe") == "95.00"
    assert sheet(facts, policy, Component.REVIEWER, "Barış") == "95.00"


def test_review_that_is_only_half_marked_is_not_a_grade_yet() -> None:
    # Two of four rows: 0.5 · 0.25 · (80 + 80) = 20 so far; 20 + 29.494… − 11 = 38.494….
    findings, _ = findings_and_matches(AWGAN_FINDINGS)
    cem = a_review("AWGAN", "Cem", "80 80", findings)
    changed = replace(the_projects()["AWGAN"], assignments=(cem, the_projects()["AWGAN"].assignments[1]))
    course = replace(the_course(), projects=(changed, the_projects()["FLOW"]))

    grade = graded(course, shipped("ceng796"))["Cem"]

    assert awgan(shipped("ceng796"), Component.REVIEW, "AWGAN Cem", assignments=changed.assignments) == "38.49"
    assert (component(grade, "reviewer"), in_words(grade)) == ("—", "—")
    assert grade.missing == ("The review of AWGAN is not marked yet.",)


def test_undecided_verdict_keeps_a_developer_from_a_total() -> None:
    first, *others = the_projects()["AWGAN"].mistakes
    changed = replace(the_projects()["AWGAN"], mistakes=(replace(first, verdict=None), *others))
    course = replace(the_course(), projects=(changed, the_projects()["FLOW"]))

    grade = graded(course, shipped("ceng796"))["Ayşe"]

    # Undecided counts as not fixed until then: version 2 is 70, developer 23.8 + 42 = 65.8.
    assert grade.components[2].so_far == Decimal("65.8")
    assert (component(grade, "developer"), in_words(grade)) == ("—", "—")
    assert grade.missing == ("1 mistake has no verdict for version 2 of AWGAN yet.",)
