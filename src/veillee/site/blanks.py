"""Blank files for the next post, member or page: their head filled in, comments beside it, in the site's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from veillee.config import SiteSettings
from veillee.errors import SourceError, UsageError, nearest
from veillee.languages import Language, language
from veillee.model import Kind
from veillee.model.places import slug_of
from veillee.shown import shown_path

LONGEST_SLUG = 60
MEMBERS = "members"

_PLAIN_TAG = re.compile(r"[^\W\d_][\w-]*\Z")
_NOT_PLAIN = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


class BlankKind(StrEnum):
    """What can be begun."""

    STORY = "story"
    ANNOUNCEMENT = "announcement"
    QUESTION = "question"
    BUZZ = "buzz"
    MEMBER = "member"
    PAGE = "page"

    @property
    def is_post(self) -> bool:
        return self not in (BlankKind.MEMBER, BlankKind.PAGE)


@dataclass(frozen=True, slots=True)
class Blank:
    """What is known of the new thing. `words` is its title, a member's name, or what a buzz post says."""

    kind: BlankKind
    words: str
    lang: str
    now: datetime  # in the site's time zone
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def write_blank(blank: Blank, site: SiteSettings, *, page_folder: str = "pages") -> Path:
    """Writes the file where it belongs and says where that is; raises UsageError where one of its name exists."""
    _check_authors(blank, site)
    folder = site.content / _folder_of(blank.kind, page_folder)
    name = _name_of(blank, site)
    taken = sorted(folder.glob(f"{name}.*")) if folder.is_dir() else []
    if taken:
        raise UsageError(f"{shown_path(taken[0])} is there already; open it, or choose other words")
    suffix = ".md" if blank.kind in (BlankKind.STORY, BlankKind.ANNOUNCEMENT, BlankKind.PAGE) else ".yaml"
    path = folder / f"{name}{suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text_of(blank, site))
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}; look at the folder's rights") from error
    return path


def text_of(blank: Blank, site: SiteSettings) -> str:
    """The content of the file."""
    tongue = language(site.languages[0])
    lines = {
        BlankKind.STORY: _markdown_post,
        BlankKind.ANNOUNCEMENT: _markdown_post,
        BlankKind.QUESTION: _question,
        BlankKind.BUZZ: _buzz,
        BlankKind.MEMBER: _member,
        BlankKind.PAGE: _page,
    }[blank.kind](blank, site, tongue)
    return "\n".join(lines) + "\n"


def _folder_of(kind: BlankKind, page_folder: str) -> str:
    if kind is BlankKind.PAGE:
        return page_folder
    return MEMBERS if kind is BlankKind.MEMBER else Kind(kind.value).folder


def _name_of(blank: Blank, site: SiteSettings) -> str:
    """The file's name without its ending; a language other than the site's first is a part of it."""
    slug = slug_of(blank.words)
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]
    if not slug:
        raise UsageError(f'"{blank.words}" holds neither a letter nor a digit; write some words')
    dated = f"{blank.now:%Y-%m-%d}-{slug}" if blank.kind is BlankKind.BUZZ else slug
    is_first = blank.lang == site.languages[0] or blank.kind is BlankKind.MEMBER
    return dated if is_first else f"{dated}.{blank.lang}"


def _check_authors(blank: Blank, site: SiteSettings) -> None:
    folder = site.content / MEMBERS
    known = sorted(path.stem for path in folder.glob("*.y*ml")) if folder.is_dir() else []
    for author in blank.authors:
        if known and site.is_strict and author not in known:
            near = nearest(author, known)
            hint = f'did you mean "{near}"?' if near else f"members: {', '.join(known)}"
            raise UsageError(f'"{author}" is no member; {hint}')


def _markdown_post(blank: Blank, site: SiteSettings, tongue: Language) -> Iterator[str]:
    _ = tongue.gettext
    yield "---"
    yield f"title: {_quoted(blank.words)}"
    yield from _common(blank, site, tongue)
    yield f"# summary: {_('one or two sentences, for lists and for the digest')}"
    yield f"# image: images/example.jpg   # {_('a file below content/')}"
    yield f"# image_alt: {_('what the picture shows, for those who cannot see it')}"
    if blank.kind is BlankKind.STORY:
        yield f"# story_of_the_week: true   # {_('puts it forward')}"
    else:
        yield f"# expires: {blank.now.year + 1}-01-31   # {_('when it leaves the site')}"
    yield f"# status: draft   # {_('keeps it back')}"
    yield "---"
    yield ""
    yield _("Write here, in Markdown.")


def _question(blank: Blank, site: SiteSettings, tongue: Language) -> Iterator[str]:
    _ = tongue.gettext
    yield f"title: {_quoted(blank.words)}"
    yield from _common(blank, site, tongue)
    yield "body: |"
    yield f"  {_('Write the question here, in Markdown: what was tried, what happened instead.')}"
    yield f"# {_('Answers, as they come; one of them may be accepted:')}"
    yield "# answers:"
    yield "#   - author: " + (blank.authors[0] if blank.authors else "amina")
    yield f"#     date: {blank.now:%Y-%m-%d %H:%M}"
    yield "#     accepted: true"
    yield "#     body: |"
    yield "#       ..."


def _buzz(blank: Blank, site: SiteSettings, tongue: Language) -> Iterator[str]:
    _ = tongue.gettext
    yield from _common(blank, site, tongue)
    yield "body: |"
    yield f"  {blank.words}"
    yield f"# link: https://...   # {_('what it points to')}"
    yield f"# reactions: {{{_('thanks')}: 3}}"


def _member(blank: Blank, _site: SiteSettings, tongue: Language) -> Iterator[str]:
    _ = tongue.gettext
    yield f"# {_('The name of this file, without its ending, is what posts say after author:')}"
    yield f"name: {_quoted(blank.words)}"
    yield f"joined: {blank.now:%Y-%m-%d}"
    yield f"# role: {_('what they do')}"
    yield f"# avatar: images/example.jpg   # {_('a file below content/')}"
    yield "bio: |"
    yield f"  {_('Two or three sentences.')}"


def _page(blank: Blank, site: SiteSettings, tongue: Language) -> Iterator[str]:
    yield "---"
    yield f"title: {_quoted(blank.words)}"
    yield from _language_line(blank, site)
    yield "---"
    yield ""
    yield tongue.gettext("Write here, in Markdown.")


def _common(blank: Blank, site: SiteSettings, tongue: Language) -> Iterator[str]:
    _ = tongue.gettext
    yield f"date: {blank.now:%Y-%m-%d %H:%M}"
    names = [_name(author) for author in blank.authors]
    if names:
        yield f"author: {names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'}"
    else:
        who = _("the name of a file in content/members/, without its ending")
        yield f"# author: amina   # {who}"
    yield f"tags: [{', '.join(map(_name, blank.tags))}]   # {_('what it is about')}"
    yield from _language_line(blank, site)


def _language_line(blank: Blank, site: SiteSettings) -> Iterator[str]:
    if blank.lang != site.languages[0]:
        yield f"lang: {blank.lang}"


def _name(text: str) -> str:
    is_plain = _PLAIN_TAG.match(text) and text.lower() not in _NOT_PLAIN
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    """The text between double quotes: what JSON writes, YAML reads."""
    return json.dumps(text, ensure_ascii=False)
