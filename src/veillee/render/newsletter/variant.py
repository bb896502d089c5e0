"""An edition in one language -> its mail: HTML by MJML, and a text part from a template of its own.

Order: view -> Jinja, once -> MJML door -> cut at tokens. Pure: equal input gives equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from veillee.errors import ConfigurationError, ContentError, Fault
from veillee.languages import language
from veillee.model.community import Community
from veillee.model.edition import ComposedEdition, Parts, Token, Variant
from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter.mjml_door import mjml_source, render_mjml
from veillee.render.newsletter.templating import MJML, TEXT, Newsletter
from veillee.render.newsletter.text_part import tidied, underline, wrap
from veillee.render.newsletter.tokens import joined, placeholders_for, split_at_tokens
from veillee.render.newsletter.validation import find_source_faults
from veillee.render.newsletter.view import MailView, mail_view, picture_view

WARN_BYTES = 90_000
REFUSE_BYTES = 100_000  # Gmail clips a mail at 102 KB, and with it the way to unsubscribe


@dataclass(frozen=True, slots=True)
class Weight:
    """How heavy a mail's HTML is, in bytes; `advice` is empty while it is within its budget."""

    html_bytes: int
    text_bytes: int
    advice: str


def render_variant(
    composed: ComposedEdition,
    *,
    community: Community,
    templates: NewsletterTemplates,
    allow_heavy: bool = False,
) -> Variant:
    """The edition as a mail for any recipient.

    Raises ContentError with every fault of the templates, and where the HTML is so heavy that Gmail would clip it
    (unless `allow_heavy`).
    """
    _refuse_without_address(community)
    newsletter = checked(templates)
    placeholders = _placeholders(composed, community, templates)
    view = mail_view(composed, community=community, placeholders=placeholders)
    html = _html(newsletter, view)
    text = _text(newsletter, view)
    variant = Variant(
        edition_id=composed.edition.id,
        digest_id=composed.digest.id,
        lang=composed.lang,
        subject=composed.subject,
        html=split_at_tokens(html, placeholders),
        text=split_at_tokens(text, placeholders),
    )
    if not allow_heavy:
        _refuse_heavy(variant, composed)
    return variant


def render_web_page(composed: ComposedEdition, *, community: Community, templates: NewsletterTemplates) -> str:
    """The edition as a page: the mail without what speaks to one reader."""
    placeholders = _placeholders(composed, community, templates)
    view = mail_view(composed, community=community, placeholders=placeholders, is_web_page=True)
    return joined(split_at_tokens(_html(checked(templates), view), placeholders), dict.fromkeys(Token, ""))


def render_mjml_source(composed: ComposedEdition, *, community: Community, templates: NewsletterTemplates) -> str:
    """The MJML that the edition's HTML is made from, as any MJML program reads it."""
    newsletter = checked(templates)
    view = mail_view(composed, community=community, placeholders=_placeholders(composed, community, templates))
    marked = newsletter.render(MJML, _context(view), speaker=language(view.lang))
    return mjml_source(marked, files=newsletter.files)


def find_template_faults(templates: NewsletterTemplates) -> tuple[Fault, ...]:
    """What is wrong with a digest's templates, whatever the edition: all at once, with file and line."""
    newsletter = Newsletter(templates)
    faults = [*newsletter.faults(), *find_source_faults(templates.mjml, templates.mjml_path)]
    for name, source in templates.includes.items():
        if name.endswith(".mjml"):
            faults.extend(find_source_faults(source, templates.path_of(name)))
    return tuple(sorted(set(faults)))


@lru_cache(maxsize=4)
def checked(templates: NewsletterTemplates) -> Newsletter:
    """The templates, ready; those of the last calls are remembered. Raises ContentError with every fault of theirs."""
    faults = find_template_faults(templates)
    if faults:
        raise ContentError(faults=faults)
    return Newsletter(templates)


def weigh(variant: Variant, *, budget_bytes: int) -> Weight:
    """How heavy a variant is, and what to do where it is too heavy."""
    html_bytes, text_bytes = _size(variant.html), _size(variant.text)
    advice = ""
    if html_bytes >= WARN_BYTES:
        advice = f"Gmail clips a mail at 102,000 bytes; {_SHORTEN}"
    elif html_bytes > budget_bytes:
        advice = f"the budget is {budget_bytes:,} bytes; {_SHORTEN}"
    return Weight(html_bytes, text_bytes, advice)


def find_left_out(composed: ComposedEdition) -> tuple[str, ...]:
    """What the mail does not show, one sentence each: pictures in a form that mail programs do not know."""
    return tuple(
        f"{post.source or post.id}: the picture {post.image.url} is left out of the mail; mails show PNG and JPEG"
        for post in composed.posts
        if post.image and picture_view(post) is None
    )


_SHORTEN = "take items out of the edition, or shorten summaries and introduction"


def _refuse_without_address(community: Community) -> None:
    if not community.url:
        raise ConfigurationError("SITEURL is not set, and a mail needs whole addresses: SITEURL = 'https://your.site'")


def _refuse_heavy(variant: Variant, composed: ComposedEdition) -> None:
    size = _size(variant.html)
    if size >= REFUSE_BYTES:
        path = composed.edition.source or f"{composed.digest.id}/{composed.edition.id}"
        found = f"the mail in {variant.lang} has {size:,} bytes of HTML, and Gmail clips a mail at 102,000"
        raise ContentError(faults=[Fault(path, 0, found, f"less than {REFUSE_BYTES:,}", _SHORTEN)])


def _size(parts: Parts) -> int:
    return sum(len(part.encode("utf-8", "replace")) for part in parts if not isinstance(part, Token))


def _html(newsletter: Newsletter, view: MailView) -> str:
    marked = newsletter.render(MJML, _context(view), speaker=language(view.lang))
    return render_mjml(marked, files=newsletter.files)


def _text(newsletter: Newsletter, view: MailView) -> str:
    return tidied(newsletter.render(TEXT, _context(view), speaker=language(view.lang)))


def _context(view: MailView) -> dict[str, object]:
    return {"mail": view, "wrap": wrap, "underline": underline}


def _placeholders(composed: ComposedEdition, community: Community, templates: NewsletterTemplates) -> dict[Token, str]:
    return placeholders_for(repr(composed), community.title, community.url, repr(templates))
