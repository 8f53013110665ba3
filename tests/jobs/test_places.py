"""Numbers and keys that only one may hold at a time."""

import threading

import pytest

from reviewhub.errors import Misconfigured
from reviewhub.jobs.places import abandoned_numbers, executor_number, one_at_a_time


def test_two_workers_get_two_numbers_and_the_first_number_again_once_it_is_free(tmp_path) -> None:
    with executor_number(tmp_path) as first:
        with executor_number(tmp_path) as second:
            assert (first, second) == (1, 2)
        assert abandoned_numbers(tmp_path) == [2]
    with executor_number(tmp_path) as again:
        assert again == 1


def test_a_read_only_data_folder_is_refused_in_one_sentence(tmp_path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    with (
        pytest.raises(Misconfigured, match=r"^The data folder .*data cannot be written: "),
        executor_number(tmp_path / "data"),
    ):
        pass


def test_a_job_waits_for_the_same_key_and_not_for_another(tmp_path) -> None:
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        with one_at_a_time(tmp_path, "mirror_course", "a"):
            order.append("second")

    with one_at_a_time(tmp_path, "mirror_course", "a"):
        other = threading.Thread(target=second)
        other.start()
        with one_at_a_time(tmp_path, "mirror_course", "b"):
            entered.set()
        order.append("first")
    other.join()

    assert entered.is_set()
    assert order == ["first", "second"]
