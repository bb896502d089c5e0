"""`veillee digest run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.errors import UsageError

if TYPE_CHECKING:
    from veillee.cli.digest.rounds import Done

EPILOG = """Examples: veillee digest run, veillee digest run weekly --dry-run

Run it every few minutes from cron, a systemd timer or a CI job. Late or twice does no harm: nobody is mailed twice."""


def run(
    digests: Annotated[
        list[str] | None, typer.Argument(help="Only these. [default: all digests]", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due; write and send nothing.")] = False,
    transport: Annotated[
        str | None,
        typer.Option("--transport", "-t", metavar="NAME", help="maildir or smtp. [default: VEILLEE_TRANSPORT]"),
    ] = None,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do all that is due: read who left, draft what has no edition yet, send what nobody has to review any more.

    A digest with review: true is drafted, and goes out once its manager has committed the file. The exit code is that
    of the worst that happened; one digest's trouble does not keep the others back.
    """
    from veillee.cli.digest.rounds import do_what_is_due

    if transport not in (None, "maildir", "smtp"):
        raise UsageError(f'--transport is "{transport}"; allowed: maildir, smtp')
    done = do_what_is_due(
        digests or (), settings=settings, now=now, transport=transport, dry_run=dry_run, is_quiet=as_json
    )
    if done is None:
        say_json([]) if as_json else say_aside("Another run is at work; this one leaves everything to it.")
        return
    if as_json:
        say_json([one.as_plain() for one in done])
    else:
        for one in done:
            _say(one)
    if code := max((one.exit_code for one in done), default=0):
        raise typer.Exit(code)


def _say(one: Done) -> None:
    name = f"{one.digest_id} {one.edition_id}".strip()
    say(f"{name}: {one.said}" if one.said else name)
    for line in one.advice:
        say_aside(f"  {line}")
