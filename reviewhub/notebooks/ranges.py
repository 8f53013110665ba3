"""Parts of a file that a browser asks for: players of sound and video read a file bit by bit."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The bytes from `start` up to, without, `stop` of a file of `size` bytes."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        """How many bytes it is."""
        return self.stop - self.start

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file is left out."""
        return self.length == self.size

    @property
    def content_range(self) -> str:
        """The answer's Content-Range."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def part_wanted(header: str, size: int, *, most: int | None = None) -> Part | None:
    """The part that a Range header asks for, at most `most` bytes of it; None where the file does not reach so far.

    No header, several ranges at once and what is no range ask for the whole file, as HTTP has it.
    """
    whole = Part(start=0, stop=size, size=size)
    found = _ONE_RANGE.fullmatch(header.replace(" ", ""))
    if found is None or not (found[1] or found[2]) or (found[1] and found[2] and int(found[2]) < int(found[1])):
        return whole
    if not found[1]:
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= size:
        return None
    return Part(start=start, stop=stop if most is None else min(stop, start + most), size=size)
