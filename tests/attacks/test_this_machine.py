"""What only the machine itself may see or do: the metrics, and the demonstration's switches."""

from collections.abc import Callable

import pytest
from flask import Flask

from reviewhub.config import DemonstrationSettings, ServerSettings, Settings
from reviewhub.storage import ShiftedClock
from tests.attacks.stages import FROM_HERE

MakeApp = Callable[..., Flask]
HOSTS = [
    ("127.0.0.1:8000", True),
    ("localhost:8000", True),
    ("[::1]:8000", True),
    # A proxy of this machine hands on the name that was asked for; a page elsewhere may point its own name here.
    ("reviewhub.example.org", False),
    ("127.0.0.1.example.org:8000", False),
    ("[", False),
]


@pytest.mark.parametrize(("host", "is_told"), HOSTS)
def test_metrics_are_told_only_to_who_asks_this_machine_by_its_own_name(
    make_app: MakeApp, host: str, is_told: bool
) -> None:
    answer = make_app().test_client().get("/metrics", headers={"Host": host})
    assert answer.status_code == (200 if is_told else 404)


@pytest.mark.parametrize(("host", "is_heard"), [one for one in HOSTS if one[0] != "["])
def test_persona_is_given_only_to_who_asks_this_machine_by_its_own_name(
    make_app: MakeApp, settings: Settings, host: str, is_heard: bool
) -> None:
    shown = settings.model_copy(
        update={
            "demonstration": DemonstrationSettings(personas=True),
            "server": ServerSettings(content_url="http://content.example.org"),
        }
    )
    sent = {"Host": host, "Origin": f"http://{host}"}
    clock = ShiftedClock(settings.files.data / "clock.json")
    answer = make_app(settings=shown, clock=clock).test_client().post("/demonstration/persona", headers=sent)
    assert answer.status_code == (422 if is_heard else 403)


def test_persona_is_no_address_of_a_real_installation(make_app: MakeApp) -> None:
    answer = make_app().test_client().post("/demonstration/persona", headers=FROM_HERE)
    assert answer.status_code == 404
