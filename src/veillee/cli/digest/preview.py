"""`veillee digest preview`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.errors import ContentError

if TYPE_CHECKING:
    from veillee.cli.digest.previewing import Preview

EPILOG = """Examples: veillee digest preview weekly --open, veillee digest preview weekly --edition 2026-W47 --lang fr

Without --edition it shows the newest edition that has a file, whether its time has come or not."""


def preview(
    digest: Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")],
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", "-e", metavar="NAME", help="Which edition: 2026-W47, 2026-11-20, 2026-11, 2026-11-20T0800Z."
        ),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", "-l", metavar="CODE", help="This language only. [default: all of them]")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write here. [default: var/preview/DIGEST/EDITION]"),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an edition before it goes out: as web page, HTML mail, text and .eml, in each language.

    Nothing is sent. The exit code is 1 where there is no such edition yet, or where a mail is too heavy to go out.
    """
    from veillee.cli.digest.previewing import make_preview

    made = make_preview(digest, edition, lang=lang, output=output, settings=settings, now=now)
    say_json(made.as_plain()) if as_json else _say(made)
    if open_it:
        import webbrowser

        webbrowser.open(made.index.absolute().as_uri())
    if made.is_too_heavy:
        raise typer.Exit(ContentError.exit_code)


def _say(made: Preview) -> None:
    from veillee.shown import shown_path

    say(f"{made.digest_id} {made.edition_id}: {shown_path(made.index)}")
    for one in made.languages:
        say(f"  {one.lang}: {one.subject}")
        for form, path in one.files:
            say(f"    {form:<5} {shown_path(path)}  {path.stat().st_size:,} bytes")
        if one.advice:
            say_aside(f"    The mail has {one.html_bytes:,} bytes of HTML: {one.advice}.")
    for note in made.notes:
        say_aside(note)
    say_aside(f"Next: veillee digest send {made.digest_id} --edition {made.edition_id} --dry-run")
