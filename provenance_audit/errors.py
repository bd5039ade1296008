"""One tree of exceptions; each carries the exit code that it ends a run with.

    PauditError                4  (a bug, when raised bare)
    ├── UsageError             2  an option that cannot be honoured
    │   ├── ManifestError      2  a lineage manifest that is not one
    │   ├── PolicyError        2  a policy, a waiver or a baseline that is not one
    │   └── StoreError         2  a file that cannot be used as a store
    ├── RefusedError           1  data that may not be trained on: raised by guard(), never by a command
    └── InputError             3  nothing could be evaluated
        ├── MissingInputError  3  a path with no data behind it
        ├── UnreadableError    3  a file that is there and cannot be read
        ├── BusyError          3  a store that another program holds for too long
        └── LimitError         3  a limit that the run cannot keep to

Bad data is data: a shard that cannot be read becomes a finding (PA001) as long as another one can.
"""

from __future__ import annotations


class PauditError(Exception):
    """Anything paudit says in one line instead of a traceback. `remedy` tells what to do about it."""

    exit_code = 4

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(PauditError):
    """An option, or a combination of options, that cannot be honoured."""

    exit_code = 2


class ManifestError(UsageError):
    """A lineage manifest that is malformed, has an unknown key, or contradicts itself."""


class PolicyError(UsageError):
    """A policy, a waiver or a baseline that is malformed, has an unknown key, or cannot be read."""


class StoreError(UsageError):
    """A file that is no store, is of a newer paudit, or cannot be written to."""


class RefusedError(PauditError):
    """Data that may not be trained on: the gate failed, or could not decide. `exit_code` says which, 1 or 3."""

    def __init__(self, message: str, *, remedy: str = "", exit_code: int = 1) -> None:
        super().__init__(message, remedy=remedy)
        self.exit_code = exit_code


class InputError(PauditError):
    """The data given could not be evaluated."""

    exit_code = 3


class MissingInputError(InputError):
    """A path that does not exist, or holds no data file."""


class UnreadableError(InputError):
    """A file that exists and cannot be read. `file` names it, `row` is 1-based where it is known."""

    def __init__(self, message: str, *, file: str, row: int | None = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.file = file
        self.row = row


class BusyError(InputError):
    """A store that another program holds for longer than this one waits."""


class LimitError(InputError):
    """A limit on memory or time that the run cannot keep to."""
