"""`veillee new`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from veillee.cli.build import overrides_of
from veillee.cli.console import say, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.errors import UsageError

EPILOG = 'Example: veillee new story "The night shift learns SQL" --author amina --tags sql,workshop'


class NewKind(StrEnum):
    """What can be begun; the same words as `site.blanks.BlankKind`, here so that help needs no site."""

    STORY = "story"
    ANNOUNCEMENT = "announcement"
    QUESTION = "question"
    BUZZ = "buzz"
    MEMBER = "member"
    PAGE = "page"


def new(
    kind: Annotated[NewKind, typer.Argument(help="What to begin.", show_default=False)],
    words: Annotated[list[str], typer.Argument(metavar="TITLE", help="Its title, a member's name, or what buzz says.")],
    lang: Annotated[str | None, typer.Option("--lang", help="[default: the site's first language]")] = None,
    author: Annotated[
        list[str] | None, typer.Option("--author", help="A member's id; may be given more than once.")
    ] = None,
    tags: Annotated[str, typer.Option("--tags", help="What it is about, with commas between.")] = "",
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a new file for a post, a member or a page, filled in as far as possible.

    It never writes over a file that exists.
    """
    from veillee.config import site_settings
    from veillee.shown import one_line, shown_path
    from veillee.site.blanks import Blank, BlankKind, write_blank
    from veillee.site.run import moment_of
    from veillee.site.settings import ROOT_KEY, load_settings

    loaded = load_settings(settings, overrides=overrides_of(now=now))
    site = site_settings(loaded, root=Path(loaded[ROOT_KEY]))
    blank = Blank(
        kind=BlankKind(kind.value),
        words=one_line(" ".join(words)),
        lang=_language(lang, site.languages),
        now=moment_of(site).astimezone(site.timezone),
        authors=tuple(filter(None, map(one_line, author or ()))),
        tags=tuple(filter(None, map(one_line, tags.split(",")))),
    )
    if not blank.kind.is_post and (blank.authors or blank.tags):
        raise UsageError(f"a {blank.kind} has neither author nor tags; leave --author and --tags out")
    path = write_blank(blank, site, page_folder=(loaded.get("PAGE_PATHS") or ["pages"])[0])
    if as_json:
        say_json({"kind": blank.kind, "path": shown_path(path), "lang": blank.lang})
        return
    say(f"{shown_path(path)} is there. Open it in your editor and fill it in.")
    say("See it as you save with: veillee serve")


def _language(typed: str | None, languages: tuple[str, ...]) -> str:
    if typed is None:
        return languages[0]
    if typed.lower() not in languages:
        todo = "add it to VEILLEE_LANGUAGES in the settings"
        raise UsageError(f'the site does not speak "{typed}" (it speaks {", ".join(languages)}); {todo}')
    return typed.lower()
