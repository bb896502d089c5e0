"""`veillee digest pause` and `veillee digest resume`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from veillee.cli.console import say, say_aside
from veillee.cli.options import SettingsOption
from veillee.cli.storage import load_site, opened

PAUSE_EPILOG = "Example: veillee digest pause weekly --edition 2026-W47"
RESUME_EPILOG = "Example: veillee digest resume weekly --edition 2026-W47"

DigestArgument = Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")]
EditionOption = Annotated[
    str | None, typer.Option("--edition", "-e", metavar="NAME", help="Which edition. [default: the newest]")
]


def pause(digest: DigestArgument, edition: EditionOption = None, settings: SettingsOption = None) -> None:
    """Stop sending an edition, on every machine: whoever sends it finishes what is on its way.

    Nothing is lost; nobody else is mailed until `veillee digest resume`.
    """
    name = _set(settings, digest, edition, is_paused=True)
    say(f"{name} is paused.")
    say_aside(f"To go on: veillee digest resume {digest} --edition {name.rpartition(' ')[2]}")


def resume(digest: DigestArgument, edition: EditionOption = None, settings: SettingsOption = None) -> None:
    """Let a paused edition be sent again; then send it with `veillee digest send`."""
    name = _set(settings, digest, edition, is_paused=False)
    say(f"{name} is no longer paused.")
    say_aside(f"To send what is left: veillee digest send {digest} --edition {name.rpartition(' ')[2]}")


def _set(settings: Path | None, digest: str, edition: str | None, *, is_paused: bool) -> str:
    from veillee.cli.digest.status import frozen_editions
    from veillee.delivery.ledger.book import Ledger

    site = load_site(settings, now=None)
    with opened(site) as database:
        ledger = Ledger(database)
        one = frozen_editions(ledger, digest, edition)[0]
        ledger.pause(one, is_paused=is_paused)
    return f"{one.digest_id} {one.edition_id}"
