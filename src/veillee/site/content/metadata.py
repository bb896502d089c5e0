"""A record -> what Pelican keeps of it: its own names in its own types, and keys that are nobody's for templates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pelican.contents import Article, Author, Category, Page, Tag
from pelican.utils import SafeDatetime

from veillee.model import Kind
from veillee.model.places import slug_of
from veillee.render.markdown import render_markdown
from veillee.site.content.records import Record, language_suffix
from veillee.site.run import Run, SourceFile
from veillee.sources.posts import RawPost

_DATE_PREFIX = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[-_]|\Z)")
FOLDER_FILES = ("index", "_index", "readme")
_ATTRIBUTES = frozenset({*dir(Article), *dir(Page)})
_INNER_NAMES = frozenset({
    "settings", "translations", "translation", "metadata", "template", "author", "authors", "lang", "in_default_lang",
    "slug", "source_path", "relative_source_path", "date", "date_format", "locale_date", "modified", "locale_modified",
    "timezone", "status", "content", "category", "tags", "path", "reader", "override_url", "override_save_as", "post",
    "veillee", "title", "summary", "url", "save_as",
})  # fmt: skip
"""Names that mean something inside of Pelican's article: a key of an author may not change them."""


def slug_for(raw: RawPost, source: SourceFile, run: Run, *, is_alone: bool) -> str:
    """The post's part of the URL: as typed; else from the name of its own file; else from its title or first words."""
    if raw.slug:
        return raw.slug if not run.is_ours else "/".join(filter(None, map(slug_of, raw.slug.split("/"))))
    words = " ".join((raw.title or raw.body).split()[:8])
    from_words = slug_of(words)
    from_file = slug_of(_bare_name(source, run))
    candidates = (from_file, from_words) if is_alone else (from_words, from_file)
    return next(filter(None, candidates), "") or f"post-{raw.line}"


def _bare_name(source: SourceFile, run: Run) -> str:
    """The file's name without date and language; the folder's name for the file that stands for its folder."""
    name = source.path.stem
    suffix = language_suffix(source, run)
    name = name[: -len(suffix) - 1] if suffix else name
    if name.lower() in FOLDER_FILES and "/" in source.relative:
        name = source.path.parent.name
    return _DATE_PREFIX.sub("", name, count=1) or name


def metadata_of(record: Record, source: SourceFile, run: Run, *, is_alone: bool) -> dict[str, Any]:
    """What Pelican keeps of the post: its own names in its own types, then keys that are nobody's."""
    raw, settings = record.raw, run.settings
    show = _as_shown(settings)
    names = [show(display_name(name, run)) for name in raw.author_names]
    authors = [Author(name, settings) for name in names]
    category = _category(raw, source, run)
    found = {
        "title": show(raw.title),
        "lang": raw.lang,
        "slug": slug_for(raw, source, run, is_alone=is_alone) if run.is_ours or raw.slug else None,
        "date": _date(raw, source, run),
        "modified": _safe(raw.updated_at, run) if raw.updated_at else None,
        "tags": [Tag(show(tag), settings) for tag in raw.tags],
        "authors": authors,
        "author": authors[0] if authors else None,
        "status": str(raw.status) if raw.status else None,
        "summary": render_markdown(raw.summary, lang=raw.lang or "en", with_text=False).html if raw.summary else None,
        "category": Category(show(category), settings) if category else None,
        "image": raw.image,
        "veillee": record,
    }
    return {**_foreign_keys(raw, source, run), **{name: value for name, value in found.items() if value}}


def _date(raw: RawPost, source: SourceFile, run: Run) -> SafeDatetime | None:
    """When the post was published; only a draft has no date, and gets the run's."""
    if raw.published_at:
        return _safe(raw.published_at, run)
    return None if source.is_page or not run.is_ours else _safe(run.now, run)


def display_name(name: str, run: Run) -> str:
    """A member's name for a member's id; any other name as it is."""
    return next((member.name for member in run.members if member.id == name), name)


def kind_of(raw: RawPost | None, source: SourceFile, category: str = "") -> Kind:
    """What a post says it is; else what its folder, then its category says; else a story."""
    if raw and raw.kind:
        return raw.kind
    named = slug_of(category)
    by_category = next((kind for kind in Kind if named in (kind.folder, kind.value)), None)
    return source.kind or by_category or Kind.STORY


def _category(raw: RawPost, source: SourceFile, run: Run) -> str:
    if run.is_ours:
        return kind_of(raw, source, _typed_category(raw)).folder
    return _typed_category(raw)


def _typed_category(raw: RawPost) -> str:
    for key in ("category", "categories"):
        value = raw.extra.get(key)
        first = value[0] if isinstance(value, (list, tuple)) and value else value
        if isinstance(first, str) and first.strip():
            return first.strip()
    return ""


def _foreign_keys(raw: RawPost, source: SourceFile, run: Run) -> dict[str, Any]:
    """Keys that are not ours, as attributes for templates, without those that would break Pelican's object."""
    kept: dict[str, Any] = {}
    for key, value in raw.extra.items():
        name = str(key).lower()
        if name in ("category", "categories") or not name.isidentifier():
            continue
        if name == "template":
            kept.update(_template(value, run))
        elif name in ("url", "save_as"):
            kept.update(_own_address(raw, name))
        elif name.startswith("_") or name in _INNER_NAMES or name in _ATTRIBUTES:
            run.note(f'{source.shown}:{raw.line}: "{key}" has a meaning of its own in Pelican and is left out')
        else:
            kept[name] = value
    return kept


def _template(value: object, run: Run) -> dict[str, Any]:
    """A template of the theme; other programs' template names are left alone."""
    folders = [*map(Path, run.settings["THEME_TEMPLATES_OVERRIDES"]), Path(run.settings["THEME"]) / "templates"]
    known = isinstance(value, str) and any((folder / f"{value}.html").is_file() for folder in folders)
    return {"template": value} if known else {}


def _own_address(raw: RawPost, name: str) -> dict[str, Any]:
    """An address that the post chose for itself: Pelican needs both of its halves, inside of the site."""
    url, target = raw.extra.get("url"), raw.extra.get("save_as")
    if not isinstance(url, str) or not isinstance(target, str):
        return {}
    is_inside = not posixpath.normpath(target).startswith(("/", ".."))
    return {name: raw.extra[name]} if is_inside and not urlsplit(url).scheme else {}


def _as_shown(settings: Mapping[str, Any]) -> Callable[[str], str]:
    """Plain text for templates that escape; for those that do not, as stock themes, text that cannot be markup."""
    return str if settings["JINJA_ENVIRONMENT"].get("autoescape") else _harmless


_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’", "&": "&amp;"})


def _harmless(text: str) -> str:
    """Marks that look alike instead of entities: stock themes say `title|striptags`, which undoes entities."""
    return text.translate(_LOOKALIKES)


def _safe(moment: datetime, run: Run) -> SafeDatetime:
    """The kind of datetime that Pelican's templates format, in the site's time zone."""
    local = moment.astimezone(run.site.timezone)
    return SafeDatetime.combine(local.date(), local.timetz())
