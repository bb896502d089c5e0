"""What a preflight needs to know of a site: settings, content and built pages -> facts for the checks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from veillee.cli.digest.mailing import Mailing
from veillee.cli.digest.readiness import find_missing
from veillee.delivery.message.composing import address_of, compose_message, sender_of
from veillee.model import Community, Mailbox, Variant
from veillee.model.places import Place, page_path
from veillee.preflight.addresses import parts_of
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.links import SitePages
from veillee.preflight.mail import Mail, Sources
from veillee.preflight.output import BuiltSite
from veillee.preflight.page import read_page
from veillee.preflight.pictures import FindPicture, PictureFile, form_of
from veillee.preflight.records import Sender
from veillee.preflight.setup import SMTP, find_setup_faults, selectors_of
from veillee.preflight.support import Skeleton, skeleton_of
from veillee.render.newsletter.mjml_door import render_mjml
from veillee.shown import shown_path
from veillee.site.content.images import size_of
from veillee.site.editions import compose_languages, read_editions_for_site
from veillee.site.pages.plan import plan_pages
from veillee.site.pictures.pillow import look_at
from veillee.sources.newsletters import read_templates

READER = Mailbox("Camille Martin", "camille@example.org")
_EMPTY = """<mjml><mj-head><mj-title>-</mj-title><mj-preview>-</mj-preview></mj-head><mj-body><mj-section><mj-column>
<mj-text>-</mj-text>
<mj-image src="https://site.invalid/x.png" alt="-" href="https://site.invalid/" width="10px" height="10px" />
<mj-button href="https://site.invalid/">-</mj-button><mj-divider /></mj-column></mj-section>
<mj-section full-width="full-width" background-color="#ffffff"><mj-column><mj-text>-</mj-text></mj-column></mj-section>
</mj-body></mjml>"""


def build_mails(mailing: Mailing, variants: tuple[Variant, ...]) -> tuple[Mail, ...]:
    """Each variant with the edition that it says, and the texts that it was made from."""
    if not variants:
        return ()
    composed = {
        one.lang: one
        for one in compose_languages(mailing.edition, mailing.digest, mailing.community, for_sending=False)
    }
    sources = _sources(mailing)
    return tuple(Mail(variant, composed[variant.lang], sources) for variant in variants)


def site_pages(mailing: Mailing, mails: tuple[Mail, ...]) -> SitePages:
    """The pages that the site has, in its output folder, or will have when it is built."""
    site, community = mailing.site, mailing.community
    built = BuiltSite(site.output)

    @cache
    def planned() -> frozenset[str]:
        """What our theme writes beside the posts; asked for only where a link is not known otherwise."""
        if built.is_built and not built.has_file(
            page_path(Place.DIGESTS, community.language, default_lang=community.language)
        ):
            return frozenset()  # another theme, with pages of its own
        return frozenset(_planned_paths(mailing))

    def has_file(path: str) -> bool:
        return built.has_file(path) or _content_file(site.content, path) is not None or path in planned()

    return SitePages(
        url=community.url,
        known=frozenset(_addresses(community, mails)),
        is_built=built.is_built,
        has_file=has_file,
        anchors=built.anchors,
        output=shown_path(site.output),
    )


def picture_finder(mailing: Mailing) -> FindPicture:
    """Finds the file behind a picture's address, in the content or in the output folder."""
    site, url = mailing.site, mailing.community.url

    def find(address: str) -> PictureFile | None:
        path = unquote(parts_of(address).path.removeprefix(parts_of(url).path)).lstrip("/")
        found = _content_file(site.content, path) or BuiltSite(site.output).file(path)
        if found:
            return _picture(found)
        made = mailing.copy_of(path)
        return _made_picture(path, made) if made else None

    return find


def check_setup(mailing: Mailing, *, transport: str) -> Iterator[Finding]:
    """What the site lacks before it may mail people: errors where mail is for real."""
    site = mailing.site
    severity = Severity.ERROR if transport == SMTP else Severity.WARNING
    for fault in find_missing(site, mailing.digest):
        yield Finding(severity, Check.SETUP, fault.path, fault.found, fault.allowed, fault.todo, fault.line)
    yield from find_setup_faults(
        site.mail,
        transport=transport,
        settings_file=site.settings_file,
        unsubscribe_to=mailing.unsubscribe_to,
        root=site.root,
    )


def sender_of_mailing(mailing: Mailing) -> Sender:
    """Whose domains the DNS is asked about; raises DeliveryError where an address is none."""
    mail, digest = mailing.site.mail, mailing.digest
    domain = sender_of(digest).domain
    bounces = address_of(Mailbox("", mail.bounces_to or digest.sender.address), what="address for bounces").domain
    answers = address_of(Mailbox("", digest.reply_to or digest.sender.address), what="reply_to").domain
    leaving = address_of(Mailbox("", mailing.unsubscribe_to), what="address for leaving")
    relay = mail.host if "." in mail.host and not mail.host.replace(".", "").isdigit() else ""
    return Sender(
        domain=domain,
        bounce_domain=bounces,
        dkim_domain=(mail.dkim.domain or domain).lower(),
        receiving=tuple(dict.fromkeys((answers, bounces, leaving.domain))),
        reports_to=leaving.wire,
        relay=relay,
        selectors=selectors_of(mail, root=mailing.site.root),
    )


def sample_message(mailing: Mailing, variant: Variant) -> bytes:
    """The message that a recipient would get."""
    return compose_message(
        variant,
        digest=mailing.digest,
        recipient=READER,
        date=mailing.now,
        message_id=f"<preflight@{sender_of(mailing.digest).domain}>",
        unsubscribe_url=f"mailto:{mailing.unsubscribe_to}?subject=unsubscribe",
    )


@cache
def skeleton() -> Skeleton:
    """What MJML uses whatever a template says: the features of a mail with nothing in it."""
    return skeleton_of(read_page(render_mjml(_EMPTY, files=("empty.mjml",))))


def _sources(mailing: Mailing) -> Sources:
    templates = read_templates(Path(mailing.digest.folder))
    texts = {templates.mjml_path: templates.mjml, templates.text_path: templates.text}
    includes = {templates.path_of(name): text for name, text in templates.includes.items()}
    source = mailing.edition.source
    definition = f"{mailing.digest.folder}/digest.yaml"
    written = {path: _text(Path(path)) for path in (source, definition) if path}
    return Sources(
        texts={**texts, **includes, **written},
        templates=(templates.mjml_path, *(path for path in includes if path.endswith(".mjml"))),
        text_template=templates.text_path,
        content=shown_path(mailing.site.content),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _addresses(community: Community, mails: tuple[Mail, ...]) -> Iterator[str]:
    yield f"{community.url}/"
    for post in community.posts:
        yield post.url
        yield from (url for _, url in post.translations)
    for mail in mails:
        yield from (post.url for post in mail.composed.posts)


def _planned_paths(mailing: Mailing) -> Iterator[str]:
    community = mailing.community
    default = community.language
    for lang in mailing.digest.languages:  # its own page is written as soon as it is due
        key = f"{mailing.digest.id}/{mailing.edition.id}"
        yield page_path(Place.EDITION, lang, default_lang=default, key=key)
    for page in plan_pages(community, read_editions_for_site(mailing.site, community)):
        path = page.path(default)
        yield path
        yield path.removesuffix("index.html")


def _content_file(content: Path, path: str) -> Path | None:
    """A picture or another file that the build copies; posts themselves are no pages."""
    root = content.resolve()
    try:
        found = (root / path).resolve()
        is_there = found.is_relative_to(root) and found.is_file()
    except (OSError, ValueError):
        return None
    return found if is_there and found.suffix.lower() not in (".md", ".yaml", ".yml", ".rst") else None


def _made_picture(path: str, content: bytes) -> PictureFile:
    """One that the next build puts into the site."""
    seen = look_at(content)
    return PictureFile(path, len(content), form_of(content), seen.width, seen.height)


def _picture(path: Path) -> PictureFile:
    with path.open("rb") as file:
        beginning = file.read(1024)
    width, height = size_of(path)
    return PictureFile(shown_path(path), path.stat().st_size, form_of(beginning), width, height)
