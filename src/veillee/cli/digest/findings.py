"""What a preflight found, for people and for programs: grouped, the worst first, with a verdict in one line."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator

import typer

from veillee.cli.console import say, say_json
from veillee.cli.digest.mailing import Mailing
from veillee.cli.words import counted
from veillee.preflight.finding import Check, Finding, Severity

WIDEST = 100
INDENT = "    "
_HEADINGS = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}
_COLOURS = {Severity.ERROR: typer.colors.RED, Severity.WARNING: typer.colors.YELLOW, Severity.NOTE: typer.colors.BLUE}


def say_report(mailing: Mailing, findings: tuple[Finding, ...]) -> None:
    """Everything that was found, on stdout."""
    languages = mailing.digest.languages
    say(typer.style(f"{mailing.digest.id} {mailing.edition.id}", bold=True) + f" ({', '.join(languages)})")
    for severity in Severity:
        group = [one for one in findings if one.severity is severity]
        if group:
            say()
            say(typer.style(f"{_HEADINGS[severity]} ({len(group)})", fg=_COLOURS[severity], bold=True))
            for line in _lines(group, languages):
                say(line)
    say()
    say(typer.style(verdict(findings), bold=True))


def warning_lines(findings: tuple[Finding, ...], languages: tuple[str, ...]) -> Iterator[str]:
    """Errors and warnings as lines, for a command that has other things to say, too."""
    yield from _lines([one for one in findings if one.severity is not Severity.NOTE], languages)


def verdict(findings: tuple[Finding, ...]) -> str:
    """One line: `2 errors, 3 warnings: mend the errors, then send.`"""
    counts = Counter(one.severity for one in findings)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    said = ", ".join(counted(count, what) for count, what in ((errors, "error"), (warnings, "warning")) if count)
    if errors:
        return f"{said}: mend the errors, then send."
    if warnings:
        return f"{said}: it may go out; better mend them first."
    return f"All is well: nothing to mend in {', '.join(check.value for check in _looked_at(findings))}."


def report_as_json(mailing: Mailing, findings: tuple[Finding, ...]) -> None:
    """The same for programs."""
    counts = Counter(one.severity for one in findings)
    say_json(
        {
            "digest": mailing.digest.id,
            "edition": mailing.edition.id,
            "languages": list(mailing.digest.languages),
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "notes": counts[Severity.NOTE],
            "may_go_out": not counts[Severity.ERROR],
            "verdict": verdict(findings),
            "findings": [one.as_plain() for one in findings],
        }
    )


def _looked_at(findings: tuple[Finding, ...]) -> Iterator[Check]:
    """The checks that were made; those of which a note says that they were not are left out."""
    unmade = {one.check for one in findings if one.severity is Severity.NOTE and one.check in (Check.DNS, Check.SPAM)}
    yield from (check for check in Check if check not in unmade)


def _lines(group: list[Finding], languages: tuple[str, ...]) -> Iterator[str]:
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns if sys.stdout.isatty() else WIDEST)
    for one in group:
        spoken = set(one.languages)
        only = f" ({', '.join(one.languages)})" if spoken and spoken != set(languages) else ""
        yield f"  {typer.style(one.where, bold=True)}{only}  {typer.style(one.check.value, dim=True)}"
        said = "; ".join(part for part in (one.found, one.allowed) if part)
        yield from textwrap.wrap(
            said, width, initial_indent=INDENT, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
        )
        if one.todo:
            yield from textwrap.wrap(
                f"→ {one.todo}",
                width,
                initial_indent=INDENT,
                subsequent_indent=f"{INDENT}  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
