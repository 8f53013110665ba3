"""The pages of people, groups, rules, course file and extensions, through the whole request and back."""

import io
import re
from collections.abc import Callable

import pytest

from reviewhub.courses.course_file import shipped_text
from tests.courses.conftest import Campus, Visit, words

LIST = "Ad;Soyad;E-posta;No\nAda;Çelik;ada@example.org;1001\nEmre;Ünal;emre@example.org;1005\nkim;;yok;\n"
Visits = Callable[[str], Visit]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a preview, to send back as a browser would."""
    import html

    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/people", {"deniz", "ela", "oya"}),
        ("/people/import", {"deniz", "ela"}),
        ("/groups", {"deniz", "ela", "oya"}),
        ("/settings", {"deniz", "ela", "oya", "ada"}),
        ("/settings/file", {"deniz"}),
        ("/settings/course.toml", {"deniz"}),
        ("/settings/extensions", {"deniz", "ela"}),
    ],
)
def test_a_page_opens_for_those_who_may(visit: Visits, path: str, allowed: set[str]) -> None:
    opened = {name for name in ("deniz", "ela", "oya", "ada") if visit(name).get(path).status_code == 200}

    assert opened == allowed


@pytest.mark.parametrize(
    "path", ["/people", "/people/import", "/people/import/confirm", "/groups", "/settings/file", "/settings/extensions"]
)
def test_a_student_sends_no_form_of_the_staff(visit: Visits, path: str) -> None:
    assert visit("ada").post(path, name="x").status_code == 403


def test_the_people_page_lists_everybody_by_role(visit: Visits) -> None:
    text = visit("ela").text("/people")

    assert (
        text.index("Instructors 1") < text.index("Assistants 1") < text.index("Students 4") < text.index("Observers 1")
    )
    assert "Ada Çelik ada@example.org 1001 none" in text


def test_one_person_is_added_and_a_wrong_one_is_told_beside_the_field(visit: Visits, sqlite_campus: Campus) -> None:
    staff = visit("ela")

    wrong = staff.post("/people", name="Emre", email="emre", role="student")
    right = staff.post("/people", name="Emre Ünal", email="emre@example.org", student_number="1005", role="student")

    assert (wrong.status_code, "“emre” is no e-mail address." in wrong.text) == (422, True)
    assert (right.status_code, right.location) == (303, "/c/ceng796/people")
    assert sqlite_campus.enrollment("emre").student_number == "1005"


def test_a_role_is_changed_and_a_person_leaves(visit: Visits, sqlite_campus: Campus) -> None:
    staff = visit("deniz")

    staff.post(f"/people/{sqlite_campus.enrollment('ada').id}/role", role="assistant")
    staff.post(f"/people/{sqlite_campus.enrollment('bora').id}/leave", reason="moved away")

    assert (sqlite_campus.enrollment("ada").role, sqlite_campus.enrollment("bora").left_at is not None) == (
        "assistant",
        True,
    )


def test_an_assistant_sees_a_member_of_staff_and_changes_nothing(visit: Visits, sqlite_campus: Campus) -> None:
    person = f"/people/{sqlite_campus.enrollment('deniz').id}"

    assert "Only the instructor changes the staff." in visit("ela").text(person)
    assert visit("ela").post(f"{person}/role", role="student").status_code == 403
    assert "Take out of the course" in visit("deniz").text(person)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1254"])
def test_a_list_is_previewed_then_imported(visit: Visits, sqlite_campus: Campus, encoding: str) -> None:
    staff = visit("ela")

    preview = staff.post("/people/import", list=(io.BytesIO(LIST.encode(encoding)), "liste.csv"))
    written_before = "emre" in staff.get("/people").text
    done = staff.post("/people/import/confirm", **hidden(preview.text), removed=sqlite_campus.enrollment("cem").id)

    said = words(preview.text)
    assert "new 1 changed 0 as they are 1 not in the list 3 left out 1" in said
    assert "the file, line 4 “yok” is no e-mail address." in said
    assert (written_before, done.status_code) == (False, 303)
    assert (sqlite_campus.enrollment("emre").student_number, sqlite_campus.enrollment("cem").left_at is not None) == (
        "1005",
        True,
    )
    assert sqlite_campus.enrollment("defne").left_at is None


def test_a_preview_that_is_no_longer_true_is_a_conflict(visit: Visits, sqlite_campus: Campus) -> None:
    staff = visit("ela")
    preview = staff.post("/people/import", text=LIST)
    staff.post("/people", name="Emre Ünal", email="emre@example.org", role="student")

    assert staff.post("/people/import/confirm", **hidden(preview.text)).status_code == 409


def test_what_is_no_list_is_told_on_the_same_page(visit: Visits) -> None:
    answer = visit("ela").post("/people/import", list=(io.BytesIO(b"PK\x03\x04"), "liste.xlsx"))

    assert answer.status_code == 422
    assert "This is a spreadsheet or document, not a list as text." in words(answer.text)


def test_hostile_names_are_text(visit: Visits) -> None:
    staff = visit("ela")
    evil = 'email,name\nx@example.org,"<script>alert(1)</script> ""onload="\n'

    preview = staff.post("/people/import", text=evil)
    staff.post("/people/import/confirm", **hidden(preview.text))
    page = staff.get("/people").text

    assert "<script>alert" not in preview.text + page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &#34;onload=" in page


def test_a_group_is_made_filled_renamed_and_left(visit: Visits, sqlite_campus: Campus) -> None:
    staff, ada, bora = visit("ela"), sqlite_campus.enrollment("ada").id, sqlite_campus.enrollment("bora").id

    made = staff.post("/groups", name="Tekir", member=[ada])
    group_id = made.location.partition("#group-")[2]
    staff.post(f"/groups/{group_id}/members", member=bora)
    staff.post(f"/groups/{group_id}/name", name="Sarman")
    membership_id = re.search(r"/memberships/([0-9a-f]{16})/leave", staff.get("/groups").text)
    assert membership_id is not None
    staff.post(f"/memberships/{membership_id.group(1)}/leave", reason="withdrew: family")

    text = staff.text("/groups")
    assert "Sarman 1 BŞ Bora Şahin since Thu 1 Oct" in re.sub(r"Withdraw .*?Take out of the group ", "", text)
    assert "Ada Çelik Thu 1 Oct – Thu 1 Oct · withdrew: family staff only" in text
    assert "withdrew: family" not in visit("oya").text("/groups")


def test_a_full_group_is_refused_in_one_sentence(visit: Visits, sqlite_campus: Campus) -> None:
    everybody = [sqlite_campus.enrollment(name).id for name in ("ada", "bora", "cem", "defne")]

    answer = visit("ela").post("/groups", name="Tekir", member=everybody)

    assert (answer.status_code, "Tekir is full: a group has at most 3 members." in answer.text) == (409, True)
    assert "Groups 0 groups" in visit("ela").text("/groups")


def test_the_rules_are_said_in_plain_words_to_a_student(visit: Visits) -> None:
    text = visit("ada").text("/settings")

    for sentence in (
        "A project has one to three developers.",
        "Every student reviews version 1 of two other projects.",
        "Developers do not learn who reviewed them; reviewers know whose project they read.",
        "The developer's grade is 40 % version 1 and 60 % version 2.",
        "Once any reviewer of the project noted it, no reviewer pays.",
        "The course states no rule for late work: the staff decide.",
        "Version 1 due Fri 4 Dec",
    ):
        assert sentence in text
    assert "Course file" not in text


def test_the_course_file_is_previewed_then_updated(visit: Visits, sqlite_campus: Campus) -> None:
    staff = visit("deniz")
    text = shipped_text("ceng796").replace("cap              = 40 ", "cap              = 30 ")

    preview = staff.post("/settings/file", text=text.replace("\n", "\r\n"))
    before = sqlite_campus.course().policy.points.cap
    done = staff.post("/settings/file/confirm", **hidden(preview.text))

    assert "points.cap changed 40 30" in words(preview.text)
    assert (before, done.status_code, sqlite_campus.course().policy.points.cap) == (40, 303, 30)
    assert sqlite_campus.course().policy_text == text


def test_a_wrong_course_file_shows_every_mistake_and_keeps_what_was_typed(visit: Visits, sqlite_campus: Campus) -> None:
    text = shipped_text("ceng796").replace("per_student =", "per_studnt =").replace("min   = 1", "min   = 9")

    answer = visit("deniz").post("/settings/file", text=text)

    assert answer.status_code == 422
    said = words(answer.text)
    assert "review.per_studnt There is no key per_studnt in review. Did you mean per_student?" in said
    assert "groups.min The smallest group is larger than the largest." in said
    assert "per_studnt = 2" in answer.text
    assert sqlite_campus.course().version == 1


def test_the_course_file_is_downloaded_as_it_is(visit: Visits) -> None:
    answer = visit("deniz").get("/settings/course.toml")

    assert (answer.text, answer.content_type) == (shipped_text("ceng796"), "text/plain; charset=utf-8")


def test_an_extension_is_granted_shown_and_taken_back(visit: Visits, sqlite_campus: Campus) -> None:
    staff = visit("ela")
    form = {
        "receiver": f"person:{sqlite_campus.enrollment('ada').id}",
        "deadline": "reviews",
        "due_at": "2026-12-20T23:59",
    }

    refused = staff.post("/settings/extensions", **form, way="waives", reason=" ")
    granted = staff.post("/settings/extensions", **form, way="waives", reason="was ill")
    shown = staff.text("/settings/extensions")
    extension_id = re.search(r"/extensions/([0-9a-f]{16})/revoke", staff.get("/settings/extensions").text)
    assert extension_id is not None
    staff.post(f"/settings/extensions/{extension_id.group(1)}/revoke")

    assert (refused.status_code, "The reason is missing. Only the staff read it." in words(refused.text)) == (422, True)
    assert granted.status_code == 303
    assert "Ada Çelik Reviews due Fri 18 Dec" in shown
    assert "Keeps the deadline, waives the penalty was ill" in shown
    assert "taken back" in staff.text("/settings/extensions")


def test_a_moment_before_the_deadline_is_refused_beside_its_field(visit: Visits, sqlite_campus: Campus) -> None:
    answer = visit("ela").post(
        "/settings/extensions", receiver=f"person:{sqlite_campus.enrollment('ada').id}", deadline="reviews",
        due_at="2026-12-01T23:59", way="moves", reason="ill",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "Reviews due is 2026-12-18 23:59 for everybody. An extension is later than that." in words(answer.text)


@pytest.mark.parametrize(("path", "most"), [("/people", 16), ("/groups", 16)])
def test_the_number_of_queries_does_not_grow_with_the_people(
    visit: Visits, sqlite_campus: Campus, query_count: Callable[..., object], path: str, most: int
) -> None:
    staff = visit("ela")
    counts = []
    for size in (1, 30):
        rows = "".join(f"s{size}-{n}@example.org,Student {n},Group {size}-{n}\n" for n in range(size))
        preview = staff.post("/people/import", text=f"email,name,group\n{rows}")
        staff.post("/people/import/confirm", **hidden(preview.text))
        staff.get(path)
        with query_count(sqlite_campus.database) as statements:  # type: ignore[attr-defined]
            staff.get(path)
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert counts[0] <= most
