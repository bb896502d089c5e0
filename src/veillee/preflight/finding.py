"""What a preflight finds: checks -> findings, merged over the variants that share them, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from veillee.errors import Fault
from veillee.shown import one_line


class Severity(StrEnum):
    """What a finding does to a send."""

    ERROR = "error"  # stops it
    WARNING = "warning"  # is named, and the mail goes out
    NOTE = "note"  # what was not looked at, or what costs nothing

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Check(StrEnum):
    """What is looked at; `says` is its sentence."""

    LINKS = "links"
    ALTS = "alts"
    PICTURES = "pictures"
    TEXT = "text"
    SIZE = "size"
    SUBJECT = "subject"
    PLACEHOLDERS = "placeholders"
    SPAM = "spam"
    SUPPORT = "support"
    CONTRAST = "contrast"
    HOSTS = "hosts"
    DNS = "dns"
    SETUP = "setup"
    TEMPLATES = "templates"

    @property
    def says(self) -> str:
        return _SAYS[self]

    @property
    def is_of_the_operator(self) -> bool:
        """Whether the operator must act, in the settings or the DNS, rather than the author of the edition."""
        return self in (Check.DNS, Check.SETUP)


_SAYS = {
    Check.LINKS: "Every link leads somewhere.",
    Check.ALTS: "Every picture says in words what it shows.",
    Check.PICTURES: "Pictures are there, light, and of a kind that mail programs show.",
    Check.TEXT: "The text part says what the HTML says.",
    Check.SIZE: "The mail is light enough to be shown whole.",
    Check.SUBJECT: "The subject is there, short, and calm.",
    Check.PLACEHOLDERS: "Nothing was left to be filled in.",
    Check.SPAM: "A spam filter has nothing against it.",
    Check.SUPPORT: "Mail programs know the HTML and CSS that the templates use.",
    Check.CONTRAST: "The text can be read by day and by night.",
    Check.HOSTS: "The mail loads nothing from other people's servers.",
    Check.DNS: "The DNS says that the mail is yours.",
    Check.SETUP: "Somebody can be answered, and somebody reads it.",
    Check.TEMPLATES: "The edition can be rendered.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: where, what, why or what is allowed, and what to do.

    `line` is 0 where none can be named; `languages` are those of the variants concerned, none where it is not
    about what a variant says. Texts are brought onto one line, and keep nothing that a terminal would obey: they quote
    members, records and servers.
    """

    severity: Severity
    check: Check
    path: str
    found: str
    allowed: str = ""
    todo: str = ""
    line: int = 0
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("path", "found", "allowed", "todo"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    def __str__(self) -> str:
        return f"{self.where}: " + "; ".join(part for part in (self.found, self.allowed, self.todo) if part)

    def as_fault(self) -> Fault:
        """For those who raise it."""
        return Fault(self.path, self.line, self.found, self.allowed, self.todo)

    def as_plain(self) -> dict[str, Any]:
        """For JSON; `message` is the line that people see."""
        return {
            "severity": self.severity.value,
            "check": self.check.value,
            "where": self.where,
            "path": self.path,
            "line": self.line,
            "languages": list(self.languages),
            "found": self.found,
            "allowed": self.allowed,
            "todo": self.todo,
            "message": str(self),
        }


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Equal findings of several variants as one, the worst first, then by check and place."""
    languages: dict[Finding, dict[str, None]] = {}
    for finding in findings:
        languages.setdefault(replace(finding, languages=()), {}).update(dict.fromkeys(finding.languages))
    found = [replace(finding, languages=tuple(langs)) for finding, langs in languages.items()]
    checks = list(Check)
    return tuple(sorted(found, key=lambda one: (one.severity.rank, checks.index(one.check), one.path, one.line)))


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that stop a send."""
    return tuple(one for one in findings if one.severity is Severity.ERROR)
