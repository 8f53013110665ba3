"""Which new file is an old one under another name."""

from reviewhub.projects.renames import Rename, pair_renamed

TEXT = "".join(f"def function_{number}():\n    return {number}\n" for number in range(10))


def test_file_that_moved_and_changed_a_little_is_paired() -> None:
    (found,) = pair_renamed({"a.py": TEXT, "b.py": "other = 1\n" * 30}, {"src/a.py": TEXT.replace("return 3", "pass")})
    assert (found.old, found.new) == ("a.py", "src/a.py")
    assert 0.9 < found.similarity < 1


def test_most_alike_files_are_paired_first_and_each_once() -> None:
    edited = TEXT.replace("return 3", "pass")
    assert pair_renamed({"a.py": TEXT}, {"b.py": edited, "c.py": TEXT}) == (
        Rename(old="a.py", new="c.py", similarity=1.0),
    )


def test_same_name_decides_between_equals() -> None:
    (found,) = pair_renamed({"model.py": TEXT}, {"a.py": TEXT, "src/model.py": TEXT})
    assert found.new == "src/model.py"


def test_files_that_share_little_are_none() -> None:
    assert pair_renamed({"a.py": TEXT}, {"b.py": "x = 1\n" * 40}) == ()
    assert pair_renamed({"a.py": "import os\n"}, {"b.py": "import os\n"}) == ()
    assert pair_renamed({"a.py": TEXT}, {"b.py": TEXT * 9}) == ()
    assert pair_renamed({"a.py": ""}, {"b.py": ""}) == ()
    assert pair_renamed({}, {"b.py": TEXT}) == ()
