"""The members of the community: the files of `content/members/` -> Member, with bios rendered and pictures found.

A bio may link to files of the content as a post may, so each is a piece of content to Pelican until all is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pelican.contents import Page

from veillee.errors import Fault
from veillee.model import Image, Member
from veillee.model.places import Place, page_path
from veillee.shown import shown_path
from veillee.site.content.images import picture, picture_elsewhere, picture_file
from veillee.site.content.lines import line_of_key
from veillee.site.content.links import absolute_html
from veillee.site.content.records import rendered
from veillee.site.run import Run
from veillee.sources.members import RawMember, read_members

FOLDER = "members"


def load_members(run: Run) -> None:
    """Puts the members on the run, and their faults; a site without the folder has none."""
    folder = run.site.content / FOLDER
    if not folder.is_dir() or not (run.is_ours or any(folder.glob("*.y*ml"))):
        return  # on a site with another theme, Markdown in a folder of this name are articles
    read = read_members(
        folder,
        shown=shown_path(folder),
        default_lang=run.site.languages[0],
        is_strict=run.site.is_strict,
        timezone=run.site.timezone,
    )
    run.record(read.faults)
    members = [_member(raw, folder, run) for raw in read.members]
    run.members = tuple(sorted(members, key=lambda one: (one.name.casefold(), one.id)))


def contents_of_members(run: Run, context: dict[str, Any]) -> list[Any]:
    """The bios as Pelican's content, so that their links are looked at and resolved as those of posts."""
    return [
        Page(
            content=html,
            metadata={"title": member.name, "slug": member.id, "lang": lang},
            settings=dict(run.settings),
            source_path=str(run.site.content / member.source),
            context=context,
        )
        for member in run.members
        for lang, html in member.bios
    ]


def finish_members(run: Run, contents: list[Any]) -> None:
    """Replaces the bios by their final form, absolute URLs in it."""
    texts = {(content.slug, content.lang): content for content in contents}
    run.members = tuple(replace(member, bios=tuple(_finished_bios(member, texts, run))) for member in run.members)


def _finished_bios(member: Member, texts: dict[tuple[str, str], Any], run: Run) -> Iterator[tuple[str, str]]:
    for lang, html in member.bios:
        content = texts[member.id, lang]
        yield lang, absolute_html(content._update_content(html, run.url), member.url)


def _member(raw: RawMember, folder: Path, run: Run) -> Member:
    source = run.source_file(folder / Path(raw.source).name)
    default_lang = run.site.languages[0]
    path = page_path(Place.MEMBER, default_lang, default_lang=default_lang, key=raw.id)
    bios = ((lang, rendered(text, source, run, lang=lang, first_level=3).html) for lang, text in raw.bios)
    return Member(
        id=raw.id,
        name=raw.name,
        url=f"{run.url}/{path}",
        roles=raw.roles,
        bios=tuple(bios),
        joined=raw.joined,
        links=raw.links,
        avatar=_avatar(raw, folder, run),
        languages=raw.languages,
        feed=raw.feed,
        source=source.relative,
    )


def _avatar(raw: RawMember, folder: Path, run: Run) -> Image | None:
    """The member's picture; its alternative text is the name."""
    if not raw.avatar:
        return None
    source = run.source_file(folder / Path(raw.source).name)
    target = picture_file(raw.avatar, source, run)
    if target:
        run.asked_files.add(target)
        return picture(target, raw.name, run)
    elsewhere = picture_elsewhere(raw.avatar, raw.name, run)
    if elsewhere is None:
        line = line_of_key(source.path, ("avatar",), start=raw.line) or raw.line
        todo = "put the file into images/, or remove the line"
        run.record([Fault(source.shown, line, f'avatar "{raw.avatar}" is not there', "", todo)])
    return elsewhere
