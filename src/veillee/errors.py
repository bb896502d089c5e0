"""What can go wrong, by who must act.

    VeilleeError
    ├── ContentError         the author of a post, member or edition     exit 1
    ├── UsageError           whoever typed the command                   exit 2
    ├── ConfigurationError   the operator, in the settings               exit 3
    ├── DeliveryError        the operator, with the mail                 exit 4
    └── SourceError          someone else's server, or a broken disk     exit 5

Bad input is described by a `Fault`, one line each; an error carries all the faults of its run at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that its author must mend: `path:line: found; allowed; what to do`.

    `path` is as the author knows it (relative to where the command runs), `line` counts from 1, 0 where no
    line can be named. `allowed` may be empty where the next step says it all.
    """

    path: str
    line: int
    found: str
    allowed: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: " + "; ".join(part for part in (self.found, self.allowed, self.todo) if part)

    def as_plain(self) -> dict[str, str | int]:
        """For JSON; `message` is the line that people see."""
        return {**asdict(self), "message": str(self)}


class VeilleeError(Exception):
    """Anything that stops a command; `exit_code` is what the shell sees."""

    exit_code = 1

    def __init__(self, message: str = "", *, faults: Iterable[Fault] = ()) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        self.message = message or "\n".join(map(str, self.faults))
        super().__init__(self.message)


class ContentError(VeilleeError):
    """Problems in content: posts, members, pages, digest definitions, editions, templates."""

    exit_code = 1


class UsageError(VeilleeError):
    """The command was called in a way that cannot be carried out."""

    exit_code = 2


class ConfigurationError(VeilleeError):
    """A setting is missing, of the wrong type, or contradicts another one."""

    exit_code = 3


class DeliveryError(VeilleeError):
    """A delivery is incomplete, or was not begun because it would break the contract."""

    exit_code = 4


class SourceError(VeilleeError):
    """A server, a file system or a program that we depend on failed."""

    exit_code = 5


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely a slip of, None where nothing is near."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.75)
    return close[0] if close else None
