"""What commands print: results on stdout, problems and progress on stderr, JSON where asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import typer

from veillee.errors import Fault, VeilleeError


def say(text: str = "") -> None:
    """A line of the result, on stdout."""
    typer.echo(text)


def say_aside(text: str) -> None:
    """A line that is not the result (progress, advice), on stderr."""
    typer.echo(text, err=True)


def say_json(value: Any) -> None:
    """The whole result as one JSON document, on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say_json_list(values: Iterable[Any]) -> None:
    """The same for a list that may be long: each value is printed as it comes."""
    typer.echo("[", nl=False)
    for number, value in enumerate(values):
        typer.echo(("," if number else "") + "\n  " + json.dumps(value, ensure_ascii=False, default=str), nl=False)
    typer.echo("\n]")


def report_faults(faults: Iterable[Fault]) -> None:
    """Every fault, one line each, then their number, on stderr."""
    ordered = sorted(faults)
    for fault in ordered:
        place, _, rest = str(fault).partition(": ")
        typer.echo(f"{typer.style(place, bold=True)}: {rest}", err=True, color=sys.stderr.isatty())
    if ordered:
        typer.echo(f"{len(ordered)} problem{'s' if len(ordered) > 1 else ''} found.", err=True)


def report_error(error: VeilleeError) -> None:
    """An error for people: its faults, or its one message."""
    if error.faults:
        report_faults(error.faults)
    if error.message and error.message != "\n".join(map(str, error.faults)):
        typer.echo(f"veillee: {error.message}", err=True)
