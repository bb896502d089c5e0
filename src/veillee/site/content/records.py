"""A post between our reader and the Community: what its author typed, and its bodies rendered.

RawPost -> rendered -> Record -> Pelican's metadata. Links to other files of the content stay Pelican's
placeholders (`{filename}...`) until the page that shows them is known.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from pelican.settings import DEFAULT_CONFIG

from veillee.languages import catalogue_codes
from veillee.render.markdown import RenderedText, render_markdown
from veillee.render.sanitize import sanitize_html
from veillee.site.content.links import cut, find_in_content
from veillee.site.content.python_markdown import converted
from veillee.site.run import Run, SourceFile
from veillee.sources.posts import RawPost


@dataclass(frozen=True, slots=True)
class Record:
    """One post as it was read. `rest` are the other posts of the same file, still to become articles."""

    raw: RawPost
    body: RenderedText
    answers: tuple[RenderedText, ...] = ()
    rest: tuple[RawPost, ...] = ()
    is_pelicans: bool = False  # Pelican's own reader made the article; the record only adds what is ours


_ENCODED = re.compile(r'(?P<attribute>\s(?:href|src)=")%7B(?P<what>[a-z]+)%7D')

NO_BODY = RenderedText(html="", plain="")


def record_of(raw: RawPost, source: SourceFile, run: Run, *, rest: tuple[RawPost, ...] = ()) -> Record:
    """The post with its body and answers rendered, links between files of the content understood."""
    lang = language_of(raw, source, run)
    answers = tuple(
        rendered(answer.body, source, run, lang=lang, first_level=3, id_prefix=f"answer-{number}-")
        for number, answer in enumerate(raw.answers, start=1)
    )
    return Record(replace(raw, lang=lang), rendered(raw.body, source, run, lang=lang), answers, rest)


def rendered(
    text: str, source: SourceFile, run: Run, *, lang: str, first_level: int = 2, id_prefix: str = ""
) -> RenderedText:
    """Markdown in the dialect of the site: comrak's, or Python-Markdown's where the site has set that up."""
    if uses_python_markdown(run):
        html = sanitize_html(converted(text, run.settings))
        return _linkable(RenderedText(html))
    rewrite = _link_rewriter(source, run)
    wanted = run.is_ours  # other themes show no plain texts
    return render_markdown(
        text,
        lang=lang,
        rewrite_url=rewrite,
        first_level=first_level,
        id_prefix=id_prefix,
        with_text=wanted,
        keeps_placeholders=True,
    )


def _linkable(body: RenderedText) -> RenderedText:
    """The braces of Pelican's placeholders as Pelican looks for them; in a URL they are encoded."""
    if "%7B" not in body.html:
        return body
    return replace(body, html=_ENCODED.sub(_unquoted, body.html))


def _unquoted(found: re.Match[str]) -> str:
    return f"{found['attribute']}{{{found['what']}}}"


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
    return language_suffix(source, run) or run.site.languages[0]


def language_suffix(source: SourceFile, run: Run) -> str | None:
    name, dot, suffix = posixpath.splitext(posixpath.basename(source.relative))[0].rpartition(".")
    suffix = suffix.lower()
    return suffix if name and dot and (suffix in run.site.languages or suffix in catalogue_codes()) else None


def _link_rewriter(source: SourceFile, run: Run) -> Callable[[str], str]:
    """Relative links to files of the content become Pelican's own, so that they work from every page."""

    def rewrite(url: str) -> str:
        if not url or url[0] in "{|#/?" or ":" in url.split("/", 1)[0]:
            return url
        path, mark, rest = cut(url)
        target = find_in_content(unquote(path), source, run)
        if target is None:
            return url
        what = "filename" if posixpath.splitext(target)[1] in TEXT_FILES else "static"
        return f"{{{what}}}/{target}{mark}{rest}"

    return rewrite


TEXT_FILES = frozenset({".md", ".markdown", ".mkd", ".mdown", ".rst", ".yaml", ".yml"})
