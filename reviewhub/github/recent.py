"""Small caches by object id: what an id stands for never changes, so nothing in them grows stale."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values that were used last, up to a total weight; each counts 1 where nothing else is said."""

    def __init__(self, most: int) -> None:
        """Hold values of this weight together."""
        self._most = most
        self._weight = 0
        self._guard = threading.Lock()
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value under a key, or None."""
        with self._guard:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, *, weight: int = 1) -> None:
        """Keep a value; the least recently used ones give way. What is too heavy for the whole cache is not kept."""
        if weight > self._most:
            return
        with self._guard:
            self._weight += weight - self._values.pop(key, (value, 0))[1]
            self._values[key] = (value, weight)
            while self._weight > self._most:
                self._weight -= self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._values.clear()
            self._weight = 0
