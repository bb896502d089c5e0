"""`veillee subscribers export`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from veillee.cli.console import say_aside
from veillee.cli.options import SettingsOption
from veillee.cli.storage import load_site, opened
from veillee.cli.subscribers.choosing import WhereOption, segment_of, states_of
from veillee.cli.words import counted
from veillee.errors import SourceError, UsageError

EPILOG = """Examples: veillee subscribers export people.csv, veillee subscribers export --where "lang=fr" --all

The file can be imported again, to the same effect. No spreadsheet runs what is in it."""


def export(
    file: Annotated[Path | None, typer.Argument(help="A .csv or .yaml file. [default: CSV, printed]")] = None,
    where: WhereOption = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also those who get no mail: who left, paused, ...")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")] = False,
    settings: SettingsOption = None,
) -> None:
    """Write the list of subscribers, with everything that is known of them: keep it as safe as a letter."""
    from veillee.audience.exports import csv_lines, yaml_lines
    from veillee.audience.subscribers import SubscriberStore

    if file and file.suffix.lower() not in (".csv", ".yaml", ".yml"):
        raise UsageError(f'"{file.name}" is no kind of list; write a name that ends in .csv or .yaml')
    if file and file.exists() and not force:
        raise UsageError(f"{file} is there already; choose another name, or add --force")
    segment = segment_of(where)
    with opened(load_site(settings, now=None)) as database:
        found = SubscriberStore(database).every(states=states_of(segment, everybody=everybody), segment=segment)
        lines = yaml_lines(found) if file and file.suffix.lower() != ".csv" else csv_lines(found)
        if file is None:
            for line in lines:
                typer.echo(line, nl=False)
            return
        count = _write(file, lines)
    is_csv = file.suffix.lower() == ".csv"
    say_aside(f"Wrote {counted(count - is_csv, 'subscriber')} into {file}, readable by you alone.")


def _write(path: Path, lines: Iterable[str]) -> int:
    """There whole or not at all; addresses are nobody else's business."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    count = 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            for line in lines:
                file.write(line)
                count += line != "[]\n"
        part.replace(path)
    except OSError as err:
        raise SourceError(
            f"{path}: the list cannot be written ({err.strerror}); check the folder and its room"
        ) from err
    finally:
        part.unlink(missing_ok=True)  # also where somebody pressed Ctrl-C
    return count
