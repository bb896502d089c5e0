"""`veillee promote`."""

from __future__ import annotations

from typing import Annotated

import typer

from veillee.cli.build import overrides_of
from veillee.cli.console import say, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption

EPILOG = "Example: veillee promote sql-doublons"


def promote(
    question: Annotated[
        list[str], typer.Argument(metavar="QUESTION", help="Its file, its address, or its title.", show_default=False)
    ],
    answer: Annotated[
        int | None,
        typer.Option("--answer", metavar="NUMBER", help="The answer to start from. [default: the accepted one]"),
    ] = None,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a knowledge page of a question and its accepted answer, for you to edit.

    Everybody who asked and answered is named on it, and the two pages link to each other. It never writes over a file.
    """
    from veillee.shown import shown_path
    from veillee.site.promotion import write_page
    from veillee.site.reading import open_session
    from veillee.site.settings import load_settings

    with open_session(load_settings(settings, overrides=overrides_of(now=now))) as session:
        session.read()
        session.reading()
        promoted = write_page(" ".join(question), session, number=answer)
    path = shown_path(promoted.path)
    if as_json:
        say_json({"path": path, "question": promoted.question_id, "review_by": promoted.review_by.isoformat()})
        return
    say(f"{path} is there, made from {promoted.question_id}.")
    say(f"Open it and make one text of it; it is to be reviewed by {promoted.review_by:%Y-%m-%d}.")
    say("See it as you save with: veillee serve")
