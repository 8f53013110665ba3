"""What time it is: the machine's clock, or the demonstration's, which stands where it was put and runs on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def machine_clock() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class ShiftedClock:
    """A clock whose distance to the machine's stands in a file, so that web and worker agree on it."""

    file: Path

    def __call__(self) -> datetime:
        """The machine's moment plus the distance in the file (none yet: no distance)."""
        try:
            seconds = float(json.loads(self.file.read_text(encoding="utf-8"))["ahead_seconds"])
        except FileNotFoundError:
            seconds = 0.0
        return machine_clock() + timedelta(seconds=seconds)

    def put(self, moment: datetime) -> None:
        """Put the clock to `moment`; it runs on from there."""
        ahead = (moment - machine_clock()).total_seconds()
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps({"ahead_seconds": ahead}), encoding="utf-8")
        fresh.replace(self.file)


def clock_of(file: Path | None) -> Clock:
    """The demonstration's clock where a clock file is set, else the machine's."""
    return machine_clock if file is None else ShiftedClock(file)
