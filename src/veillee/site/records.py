"""A post between our reader and the Community: what its author typed, and its bodies rendered.

RawPost -> rendered -> Record -> Pelican's metadata. Links to other files of the content stay Pelican's
placeholders (`{filename}...`) until the page that shows them is known.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown import Markdown
from pelican.contents import Article, Author, Category, Page, Tag
from pelican.settings import DEFAULT_CONFIG
from pelican.utils import SafeDatetime

from veillee.model import Kind, Status
from veillee.model.places import slug_of
from veillee.render.markdown import RenderedText, render_markdown
from veillee.render.sanitize import plain_text, sanitize_html
from veillee.site.run import Run, SourceFile
from veillee.sources.posts import RawPost

_DATE_PREFIX = re.compile(r"\d{4}-\d{2}-\d{2}[-_]?")
_FOLDER_FILES = ("index", "_index", "readme")
_INTERFACE_LANGUAGES = ("en", "fr")
_ARTICLE_NAMES = frozenset(dir(Article)) | frozenset(dir(Page))
_PELICAN_NAMES = frozenset(
    "settings translations metadata template author authors lang in_default_lang slug source_path date "
    "relative_source_path date_format timezone locale_date locale_modified modified status content category tags "
    "path reader override_url override_save_as url save_as post veillee title summary translation".split()
)


@dataclass(frozen=True, slots=True)
class Record:
    """One post as it was read. `rest` are the other posts of the same file, still to become articles."""

    raw: RawPost
    body: RenderedText
    answers: tuple[RenderedText, ...] = ()
    rest: tuple[RawPost, ...] = ()
    is_pelicans: bool = False  # Pelican's own reader made the article; the record only adds what is ours


def record_of(raw: RawPost, source: SourceFile, run: Run, *, rest: tuple[RawPost, ...] = ()) -> Record:
    """The post with its body and answers rendered, links between files of the content understood."""
    lang = language_of(raw, source, run)
    rewrite = _link_rewriter(source, run)
    answers = tuple(
        render_markdown(answer.body, lang=lang, rewrite_url=rewrite, first_level=3, id_prefix=f"answer-{number}-")
        for number, answer in enumerate(raw.answers, start=1)
    )
    body = render_body(raw.body, lang=lang, rewrite=rewrite, run=run)
    return Record(replace(raw, lang=lang), body, answers, rest)


def render_body(text: str, *, lang: str, rewrite: Callable[[str], str], run: Run) -> RenderedText:
    """A body in the dialect of the site: comrak's, or Python-Markdown's where the site has set that up."""
    if not uses_python_markdown(run):
        return render_markdown(text, lang=lang, rewrite_url=rewrite)
    options = {**run.settings["MARKDOWN"]}
    html = sanitize_html(Markdown(**options).convert(text))
    words = plain_text(html)
    return RenderedText(html=html, text=words, first_heading=None, word_count=len(words.split()))


def uses_python_markdown(run: Run) -> bool:
    if run.site.markdown != "auto":
        return run.site.markdown == "python-markdown"
    return not run.is_ours and _is_set_up(run.settings["MARKDOWN"])


def _is_set_up(markdown: Mapping[str, Any]) -> bool:
    """Somebody chose extensions; Pelican itself adds names to `extensions` when it makes its reader."""
    stock = DEFAULT_CONFIG["MARKDOWN"]
    extensions = set(markdown.get("extensions", ())) - set(stock["extension_configs"])
    return bool(extensions) or markdown.get("extension_configs") != stock["extension_configs"]


def language_of(raw: RawPost, source: SourceFile, run: Run) -> str:
    """As the post says; else as the file's name ends (`picnic.fr.md`); else the site's first language."""
    if raw.lang:
        return raw.lang.lower()
    return _language_suffix(source, run) or run.site.languages[0]


def _language_suffix(source: SourceFile, run: Run) -> str | None:
    suffix = source.path.stem.rpartition(".")[2].lower() if "." in source.path.stem else ""
    return suffix if suffix in {*run.site.languages, *_INTERFACE_LANGUAGES} else None


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
    suffix = _language_suffix(source, run)
    name = name[: -len(suffix) - 1] if suffix else name
    if name.lower() in _FOLDER_FILES and "/" in source.relative:
        name = source.path.parent.name
    return _DATE_PREFIX.sub("", name, count=1) or name


def metadata_of(record: Record, source: SourceFile, run: Run, *, is_alone: bool) -> dict[str, Any]:
    """What Pelican keeps of the post: its own names in its own types, then keys that are nobody's."""
    raw, settings = record.raw, run.settings
    show = _as_shown(settings)
    metadata: dict[str, Any] = {**_foreign_keys(raw, source, run), "veillee": record, "lang": raw.lang}
    metadata["title"] = show(raw.title)
    if run.is_ours or raw.slug:
        metadata["slug"] = slug_for(raw, source, run, is_alone=is_alone)
    if raw.published_at:
        metadata["date"] = _safe(raw.published_at.astimezone(run.site.timezone))
    elif run.is_ours and not source.is_page:
        metadata["date"] = _safe(run.now.astimezone(run.site.timezone))  # only a draft has no date
    if raw.updated_at:
        metadata["modified"] = _safe(raw.updated_at)
    if raw.tags:
        metadata["tags"] = [Tag(show(tag), settings) for tag in raw.tags]
    names = [show(display_name(name, run)) for name in raw.author_names]
    if names:
        metadata["authors"] = [Author(name, settings) for name in names]
        metadata["author"] = metadata["authors"][0]
    if raw.status:
        metadata["status"] = str(Status.PUBLISHED if raw.status is Status.SCHEDULED else raw.status)
    if raw.summary:
        metadata["summary"] = render_markdown(raw.summary, lang=raw.lang or "en").html
    category = _category(raw, source, run)
    if category:
        metadata["category"] = Category(show(category), settings)
    if raw.image:
        metadata.setdefault("image", raw.image)
    return metadata


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
        elif name.startswith("_") or name in _PELICAN_NAMES or name in _ARTICLE_NAMES:
            run.note(f'{source.shown}:{raw.line}: "{key}" has a meaning of its own in Pelican and is left out')
        else:
            kept[name] = value
    return kept


def _template(value: object, run: Run) -> dict[str, Any]:
    """A template of the theme; other programs' template names are left alone."""
    folders = [*run.settings["THEME_TEMPLATES_OVERRIDES"], os.path.join(run.settings["THEME"], "templates")]
    known = isinstance(value, str) and any(os.path.isfile(os.path.join(f, f"{value}.html")) for f in folders)
    return {"template": value} if known else {}


def _own_address(raw: RawPost, name: str) -> dict[str, Any]:
    """An address that the post chose for itself: Pelican needs both of its halves, inside of the site."""
    url, target = raw.extra.get("url"), raw.extra.get("save_as")
    if not isinstance(url, str) or not isinstance(target, str):
        return {}
    is_inside = not posixpath.normpath(target).startswith(("/", ".."))
    return {name: raw.extra[name]} if is_inside and not urlsplit(url).scheme else {}


def _as_shown(settings: Mapping[str, Any]) -> Callable[[str], str]:
    """Plain text for templates that escape; escaped for those that do not, as stock themes."""
    return str if settings["JINJA_ENVIRONMENT"].get("autoescape") else escape


def _safe(moment: datetime) -> SafeDatetime:
    return SafeDatetime.combine(moment.date(), moment.timetz())


def _link_rewriter(source: SourceFile, run: Run) -> Callable[[str], str]:
    """Relative links to files of the content become Pelican's own, so that they work from every page."""

    def rewrite(url: str) -> str:
        if not url or url[0] in "{|#/?" or ":" in url.split("/", 1)[0]:
            return url
        path, mark, rest = _cut(url)
        target = find_in_content(unquote(path), source, run)
        if target is None:
            return url
        what = "filename" if posixpath.splitext(target)[1] in _TEXT_FILES else "static"
        return f"{{{what}}}/{target}{mark}{rest}"

    return rewrite


_TEXT_FILES = frozenset({".md", ".markdown", ".mkd", ".mdown", ".rst", ".yaml", ".yml"})


def find_in_content(path: str, source: SourceFile, run: Run) -> str | None:
    """The file that a relative path means, seen from the post's own folder, then from the content folder."""
    for start in (posixpath.dirname(source.relative), ""):
        relative = posixpath.normpath(posixpath.join(start, path))
        if not relative.startswith("..") and (run.site.content / relative).is_file():
            return relative
    return None


def _cut(url: str) -> tuple[str, str, str]:
    for mark in ("?", "#"):
        path, found, rest = url.partition(mark)
        if found:
            return path, mark, rest
    return url, "", ""
