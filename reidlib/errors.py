"""The one error that users are meant to read: what was found, what is needed, what to do."""

from __future__ import annotations


class ReidError(Exception):
    """Something a user can put right.

    Parameters are sentence parts without a final stop. `found` names the thing and its value, `needed` what would
    have been accepted, `todo` the way out, as something to type where possible.

    >>> print(ReidError("Found 0 persons", "1 or more", "pass --persons 100"))
    Found 0 persons. Needed: 1 or more. To do: pass --persons 100.
    """

    def __init__(self, found: str, needed: str, todo: str) -> None:
        self.found, self.needed, self.todo = found, needed, todo
        super().__init__(f"{found}. Needed: {needed}. To do: {todo}.")

    def __reduce__(self):  # keeps the three parts when a worker process hands the error back
        return type(self), (self.found, self.needed, self.todo)
