"""`veillee digest draft`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import report_faults, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.errors import ContentError, UsageError

if TYPE_CHECKING:
    from veillee.cli.digest.drafting import Draft

EPILOG = """Examples: veillee digest draft weekly --explain, veillee digest draft weekly --edition 2026-W47 --print

Without --edition it drafts the last period that has ended; where that has its edition already, the one in
progress. Where there is too little to tell, nothing is written, and the command says why and ends with exit code 0."""


def draft(
    digest: Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")],
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", "-e", metavar="NAME", help="Which edition: 2026-W47, 2026-11-20, 2026-11, 2026-11-20T0800Z."
        ),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show why each post was chosen, and why not.")] = False,
    to_stdout: Annotated[
        bool, typer.Option("--print", "--dry-run", help="Print the edition's file, write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Make a file anew that is there already; it is kept as NAME.md.old.")
    ] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose an edition: a file in digests/DIGEST/editions to edit, with the reason beside each choice.

    Nothing is proposed that an earlier edition carried. A file that is there already is never overwritten.
    """
    from veillee.cli.digest.drafting import make_draft, write_draft
    from veillee.cli.digest.explaining import draft_as_json, say_explanation

    made = make_draft(digest, edition, settings=settings, now=now)
    if not as_json and explain:
        say_explanation(made)
    if not made.proposal.is_enough:
        _say_too_little(made, as_json=as_json)
    elif to_stdout:
        say_json(draft_as_json(made, is_written=False)) if as_json else say(made.text.rstrip("\n"))
    elif made.path.exists() and not force:
        _say_already_there(made, explain=explain, as_json=as_json)
    else:
        kept = write_draft(made)
        say_json(draft_as_json(made, is_written=True)) if as_json else _say_written(made, kept)
    if made.faults:
        report_faults(made.faults)
        raise typer.Exit(ContentError.exit_code)


def _say_written(made: Draft, kept: str) -> None:
    count = made.proposal.edition.news_count
    say(f"Drafted {made.shown}: {count} post{'s' if count != 1 else ''}, to appear on {made.appears}.")
    if kept:
        say_aside(f"The file that was there is kept as {kept}.")
    if made.reason:
        say_aside(f"{made.reason}.")
    say_aside(f"Next: edit the file, then look at it with: veillee digest preview {made.digest.id}")


def _say_already_there(made: Draft, *, explain: bool, as_json: bool) -> None:
    from veillee.cli.digest.explaining import draft_as_json

    if as_json:
        say_json(draft_as_json(made, is_written=False))
        return
    advice = f"{made.shown} is there already, and stays as it is. To see a new proposal: --print; to write it: --force."
    if not explain:
        raise UsageError(advice)
    say_aside(advice)


def _say_too_little(made: Draft, *, as_json: bool) -> None:
    from veillee.cli.digest.explaining import draft_as_json

    if as_json:
        say_json(draft_as_json(made, is_written=False))
        return
    for line in made.too_little():
        say(line)
