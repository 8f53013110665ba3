"""Reading or computing a whole course makes some hundred thousand values that all stay: no time to look for garbage.

Python's collector walks through what is alive again and again while it grows; measured with 1,000 students, that was
half of the time. Everything else in the process goes on as it was, without it for as long.
"""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def without_collecting(work: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let `work` run while the collector rests. Whoever found it running sets it going again."""

    @wraps(work)
    def rested(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        was_running = gc.isenabled()
        gc.disable()
        try:
            return work(*args, **kwargs)
        finally:
            if was_running:
                gc.enable()

    return rested
