"""An application that makes each address once: a page names fifty, and most of them are the last page's too."""

from typing import Any

from flask import Flask, has_request_context, request

MOST_REMEMBERED = 20_000


class AddressBook(Flask):
    """Flask, whose `url_for` remembers what it made. The router is pure: same names, same address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Flask's."""
        super().__init__(*args, **kwargs)
        self._addresses: dict[tuple[object, ...], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of `endpoint`; whole ones (`_external`) and those outside a request are made anew.

        Static files and templates alike are taken as they were when the program started.
        """
        if not has_request_context() or endpoint[0] == "." or "_external" in values:
            return super().url_for(endpoint, **values)
        key = (request.environ["SCRIPT_NAME"], endpoint, *values.items())
        try:
            found = self._addresses.get(key)
        except TypeError:  # a list of values cannot be remembered by
            return super().url_for(endpoint, **values)
        if found is None:
            if len(self._addresses) >= MOST_REMEMBERED:
                self._addresses.clear()
            found = self._addresses[key] = super().url_for(endpoint, **values)
        return found
