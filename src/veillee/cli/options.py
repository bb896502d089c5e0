"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SettingsOption = Annotated[
    Path | None,
    typer.Option("--settings", "-s", help="The settings file. [default: pelicanconf.py here]", show_default=False),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="INSTANT", help="Pretend that it is this instant, such as 2026-11-20T08:00."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
