"""Waiting for what comes soon, for tests: a click does not wait for the page it leads to, nor a key for the server's answer.

How soon it comes is never what is tested, so all of these are patient.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE = 30.0  # seconds
Found = TypeVar("Found")


def eventually(look: Callable[[], Found], wanted: Found) -> None:
    """What `look` finds becomes what is wanted."""
    end = time.monotonic() + PATIENCE
    while (found := look()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    assert found == wanted


def follow(link: "Locator") -> None:
    """Click what leads to another page, and wait until that is there with its scripts."""
    with link.page.expect_navigation():
        link.click()


def settle(page: "Page") -> None:
    """Wait until whatever htmx has asked for stands on the page, and htmx listens to it."""
    from playwright.sync_api import expect

    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-added, .htmx-settling")).to_have_count(0)
