"""A preview as a command makes it: settings and content -> an edition's forms as files, and a page to flip through."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from veillee.cli.digest.readiness import find_missing
from veillee.config import SiteSettings
from veillee.delivery.message.composing import compose_message
from veillee.errors import ContentError, Fault, UsageError
from veillee.languages import language
from veillee.model import Community, ComposedEdition, Digest, Edition, Mailbox, Token, Variant
from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter import REFUSE_BYTES, find_left_out, render_variant, render_web_page, weigh
from veillee.render.newsletter.tokens import joined
from veillee.site.editions import compose_languages, read_digests_and_editions
from veillee.site.reading import SiteReading, read_site
from veillee.site.settings import load_settings
from veillee.sources.newsletters import read_templates

PICTURES = "pictures"
NIGHT = "@media (prefers-color-scheme: dark)"  # what the index page decides, not the reader's machine
READER = "reader@example.org"


@dataclass(frozen=True, slots=True)
class LanguagePreview:
    """One language's forms: (form, file) pairs in the order `page`, `html`, `text`, `eml`."""

    lang: str
    name: str
    subject: str
    files: tuple[tuple[str, Path], ...]
    text: str
    html_bytes: int
    text_bytes: int
    advice: str

    @property
    def is_too_heavy(self) -> bool:
        return self.html_bytes >= REFUSE_BYTES


@dataclass(frozen=True, slots=True)
class Preview:
    """What was written. `notes` say what the mails do not show, or what is wrong elsewhere."""

    digest_id: str
    edition_id: str
    index: Path
    languages: tuple[LanguagePreview, ...]
    notes: tuple[str, ...]

    @property
    def is_too_heavy(self) -> bool:
        return any(one.is_too_heavy for one in self.languages)

    def as_plain(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "digest": self.digest_id,
            "edition": self.edition_id,
            "index": str(self.index),
            "languages": [
                {
                    "lang": one.lang,
                    "subject": one.subject,
                    "files": {form: str(path) for form, path in one.files},
                    "html_bytes": one.html_bytes,
                    "text_bytes": one.text_bytes,
                    "advice": one.advice,
                }
                for one in self.languages
            ],
            "notes": list(self.notes),
        }


def make_preview(
    digest_id: str,
    edition_id: str | None,
    *,
    lang: str | None,
    output: Path | None,
    settings: Path | None,
    now: str | None,
) -> Preview:
    """The forms of an edition, written. Raises ContentError where the edition has no file, or cannot be composed."""
    reading = read_site(load_settings(settings, overrides={"VEILLEE_NOW": now} if now else {}))
    digest, edition = _find_edition(reading, digest_id, edition_id)
    templates = read_templates(Path(digest.folder))
    chosen = _in_language(compose_languages(edition, digest, reading.community), lang)
    folder = output or reading.settings.var / "preview" / digest.id / edition.id
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(reading.settings, reading.community, templates, folder)
    languages = tuple(writer.write(composed) for composed in chosen)
    index = folder / "index.html"
    index.write_text(_index_page(digest, edition, languages), encoding="utf-8")
    return Preview(digest.id, edition.id, index, languages, tuple(_notes(reading, digest, chosen)))


def _find_edition(reading: SiteReading, digest_id: str, edition_id: str | None) -> tuple[Digest, Edition]:
    read = read_digests_and_editions(reading.settings, reading.community)
    digest = read.digest(digest_id)
    try:
        return digest, read.edition(digest.id, edition_id)
    except UsageError as err:  # the command was right, the file is still to be written
        raise ContentError(str(err)) from err


def _in_language(composed: tuple[ComposedEdition, ...], lang: str | None) -> tuple[ComposedEdition, ...]:
    chosen = tuple(one for one in composed if lang in (None, one.lang))
    if not chosen:
        known = ", ".join(one.lang for one in composed)
        raise UsageError(f'--lang is "{lang}"; this digest is written in: {known}')
    return chosen


def _notes(reading: SiteReading, digest: Digest, composed: tuple[ComposedEdition, ...]) -> Iterator[str]:
    yield from dict.fromkeys(note for one in composed for note in find_left_out(one))
    count = len(reading.faults)
    if count:
        yield f"{count} problem{'s' if count > 1 else ''} in the content; veillee check names them."
    for fault in find_missing(reading.settings, digest):
        yield f"Before it is mailed for real: {fault}"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the forms of one language into a folder; pictures of the site are copied beside them."""

    site: SiteSettings
    community: Community
    templates: NewsletterTemplates
    folder: Path

    def write(self, composed: ComposedEdition) -> LanguagePreview:
        variant = render_variant(composed, community=self.community, templates=self.templates, allow_heavy=True)
        weight = weigh(variant, budget_bytes=composed.digest.size_budget_bytes)
        page = render_web_page(composed, community=self.community, templates=self.templates)
        leave = f"mailto:{self._leave_to(composed.digest)}?subject=unsubscribe"
        values = {Token.UNSUBSCRIBE_URL: leave, Token.RECIPIENT_NAME: READER}
        text = joined(variant.text, values)
        html = self._with_own_pictures(joined(variant.html, {token: escape(value) for token, value in values.items()}))
        self._put(f"{composed.lang}.day.html", html.replace(NIGHT, "@media not all"))
        self._put(f"{composed.lang}.night.html", html.replace(NIGHT, "@media all"))
        return LanguagePreview(
            lang=composed.lang,
            name=language(composed.lang).own_name,
            subject=composed.subject,
            files=(
                ("page", self._put(f"{composed.lang}.page.html", self._with_own_pictures(page))),
                ("html", self._put(f"{composed.lang}.html", html)),
                ("text", self._put(f"{composed.lang}.txt", text)),
                ("eml", self._put(f"{composed.lang}.eml", self._message(variant, composed, leave))),
            ),
            text=text,
            html_bytes=weight.html_bytes,
            text_bytes=weight.text_bytes,
            advice=weight.advice,
        )

    def _put(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def _message(self, variant: Variant, composed: ComposedEdition, leave: str) -> bytes:
        return compose_message(
            variant,
            digest=composed.digest,
            recipient=Mailbox("", READER),
            date=_date_of(composed),
            message_id="<preview@example.org>",
            unsubscribe_url=leave,
        )

    def _leave_to(self, digest: Digest) -> str:
        return self.site.mail.unsubscribe_to or digest.reply_to or digest.sender.address

    def _with_own_pictures(self, page: str) -> str:
        """The page with pictures of the site taken from its files: the site need not be on line yet."""
        return re.sub(rf'(?<=src="){re.escape(escape(self.community.url))}/([^"?#]+)', self._copied, page)

    def _copied(self, match: re.Match[str]) -> str:
        path = unquote(unescape(match[1]))
        for root in (self.site.content, self.site.output):
            source = (root / path).resolve()
            if source.is_relative_to(root.resolve()) and source.is_file():
                target = self.folder / PICTURES / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
                return escape(f"{PICTURES}/{quote(path)}")
        return match[0]


def _date_of(composed: ComposedEdition) -> datetime:
    return composed.edition.period_end.astimezone(composed.digest.schedule.timezone)


def _index_page(digest: Digest, edition: Edition, languages: tuple[LanguagePreview, ...]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("preview.html").render(
        digest=digest, edition=edition, languages=languages, fault=_heavy_fault(edition, languages)
    )


def _heavy_fault(edition: Edition, languages: tuple[LanguagePreview, ...]) -> Fault | None:
    heavy = [one for one in languages if one.is_too_heavy]
    if not heavy:
        return None
    names = ", ".join(f"{one.lang}: {one.html_bytes:,}" for one in heavy)
    return Fault(edition.source, 0, f"too heavy to go out ({names} bytes)", f"less than {REFUSE_BYTES:,}", "shorten it")
