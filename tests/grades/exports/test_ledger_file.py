"""The ledger as JSON: the digest of the release, sums that add up, and a verifier that notices any change."""

import json

import pytest

from reviewhub.errors import BadInput
from reviewhub.grades.exports.citing import Seen
from reviewhub.grades.exports.ledger_file import ledger_pieces, own_pieces
from reviewhub.grades.exports.verifying import verify
from reviewhub.grades.ledger import canonical_bytes, digest_of
from tests.grades.exports.records import a_record


def a_file(record=None, seen=None):
    record = record or a_record()
    return b"".join(own_pieces(record, seen) if seen else ledger_pieces(record))


def test_lines_stand_in_the_file_as_the_bytes_that_the_digest_is_taken_of():
    record = a_record()
    content = a_file(record)

    assert b'"entries":' + canonical_bytes(record.entries) + b"," in content
    assert json.loads(content)["digest"] == digest_of(record.entries)
    assert a_file(a_record()) == content


def test_verifier_finds_nothing_wrong_with_a_true_file():
    told = verify(a_file())

    assert told.faults == ()
    assert (told.release, told.course) == (1, "Deep Generative Models, Fall 2025")
    assert told.digest == digest_of(a_record().entries)


def changed(edit):
    told = json.loads(a_file())
    edit(told)
    return json.dumps(told).encode()


def test_every_line_says_what_it_rests_on_in_words_and_with_its_place():
    told = json.loads(a_file())

    cited = {(one["kind"], one["id"]): one for one in told["cited"]}
    assert (
        cited["mistake", "m1"]["title"] == "M1 “mistake 1” (not fixed in version 2; noted by finding 1 of Iva Horvat)"
    )
    assert cited["finding", "a1"]["title"] == "Finding 1 of Iva Horvat"
    missing = [one for entry in told["entries"] for one in entry["citations"] if tuple(one) not in cited]
    assert missing == []


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda told: told["entries"][0].update(amount="61"), "digest"),
        (lambda told: told["entries"].pop(), "digest"),
        (lambda told: told["sheets"][0].update(total="99"), "add up to 89, but the file says 99"),
        (lambda told: told["sheets"].pop(), "but no sum"),
        (lambda told: told["release"].update(digest="0" * 64), "but the release had"),
    ],
)
def test_verifier_notices_what_was_changed(edit, fault):
    assert any(fault in one for one in verify(changed(edit)).faults)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"schema":"reviewhub-ledger-1"}', b"[" * 100_000])
def test_verifier_refuses_what_is_no_ledger_in_one_sentence(content):
    with pytest.raises(BadInput, match="no ledger file"):
        verify(content)


def test_own_lines_are_verifiable_and_name_nobody_else():
    record = a_record()
    content = a_file(record, Seen(reader="b"))
    told = json.loads(content)

    assert verify(content).faults == ()
    assert {entry["component"] for entry in told["entries"]} == {"review", "reviewer"}
    assert [one["name"] for one in told["students"]] == ["Arif Məmmədov"]
    assert "Iva" not in content.decode()
    assert "a1" not in {cited[1] for entry in told["entries"] for cited in entry["citations"]}
    assert "digest" not in told["release"]
    assert digest_of(record.entries) not in content.decode()


def test_developers_lines_hide_the_reviewer_unless_names_are_shown():
    hidden = a_file(a_record(), Seen(reader="dev")).decode()
    shown = a_file(a_record(), Seen(reader="dev", reviewers={"asa": "Iva Horvat"})).decode()

    assert "Iva" not in hidden
    assert "noted by finding 1 of Iva Horvat" in shown
