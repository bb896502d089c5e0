"""Where the links of a mail lead: internal ones to pages that the site has, all of them to somewhere.

Mail + SitePages -> findings. External addresses are only gathered here; `fetching.py` asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from veillee.preflight.addresses import host_of, is_own_machine, is_reserved, parts_of
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.preflight.page import LEAVING
from veillee.shown import shortened

LONGEST = 70


@dataclass(frozen=True, slots=True)
class SitePages:
    """The pages and files of a site, by absolute address without `#fragment`.

    `known` are those that the site has or will have once it is built; `has_file` says whether a path below the
    site's root is in the output folder, `anchors` what a `#fragment` may name there (None where nobody can tell).
    """

    url: str
    known: frozenset[str]
    is_built: bool
    has_file: Callable[[str], bool]
    anchors: Callable[[str], frozenset[str] | None]
    output: str = "output"

    def has(self, address: str) -> bool:
        return address in self.known or unquote(address) in self.known or self.has_file(self.path_of(address))

    def path_of(self, address: str) -> str:
        """The path below the site's root, decoded, without query."""
        return unquote(parts_of(address).path.removeprefix(parts_of(self.url).path)).lstrip("/")


def find_link_faults(mail: Mail, pages: SitePages) -> Iterator[Finding]:
    """Links that lead nowhere, as far as can be told without asking anybody."""
    for url in mail.page.links:
        if url.startswith(LEAVING):
            continue
        if url.startswith("#"):
            yield from _own_anchor(mail, url)
        elif is_internal(url, pages.url):
            yield from _internal(mail, url, pages)
        else:
            yield from _elsewhere(mail, url, pages)
    yield from _without_way_out(mail)


def external_links(mails: Iterable[Mail], site_url: str) -> tuple[str, ...]:
    """Every http address beyond the site, each once, in the order of the mails."""
    found = (url.partition("#")[0] for mail in mails for url in mail.page.links if _is_http(url))
    return tuple(dict.fromkeys(url for url in found if not is_internal(url, site_url) and not url.startswith(LEAVING)))


def is_internal(url: str, site_url: str) -> bool:
    """Whether an address is the site's own."""
    return bool(site_url) and (url == site_url or url.startswith((f"{site_url}/", f"{site_url}#", f"{site_url}?")))


def _internal(mail: Mail, url: str, pages: SitePages) -> Iterator[Finding]:
    address, _, fragment = url.partition("#")
    address = address if address != pages.url else f"{address}/"
    if not pages.has(address):
        yield _missing(mail, url, pages)
        return
    anchors = pages.anchors(pages.path_of(address)) if fragment else None
    if anchors is not None and unquote(fragment) not in anchors:
        found = f'the link {_shown(url)} names "#{fragment}", which its page does not have'
        yield mail.finding(Severity.WARNING, Check.LINKS, mail.place_of_url(url), found, "", _nearest(anchors))


def _missing(mail: Mail, url: str, pages: SitePages) -> Finding:
    place = mail.place_of_url(url)
    if pages.is_built and url == mail.composed.url:
        found = f"the link {_shown(url)} leads to no page: the theme of this site shows no editions"
        todo = "take {{ mail.web_url }} out of the digest's templates, or use Veillée's theme"
        template = mail.sources.in_templates("mail.web_url")
        return mail.finding(Severity.WARNING, Check.LINKS, template, found, "", todo)
    if pages.is_built:
        found = f"the link {_shown(url)} leads to no page of the site"
        todo = f"correct it; if the page is new, run veillee build, so that it is in {pages.output}/"
        return mail.finding(Severity.ERROR, Check.LINKS, place, found, "", todo)
    found = f"the link {_shown(url)} may lead to no page: the site is not built here"
    return mail.finding(Severity.WARNING, Check.LINKS, place, found, "", "run veillee build, then check again")


def _elsewhere(mail: Mail, url: str, pages: SitePages) -> Iterator[Finding]:
    scheme = url.partition(":")[0].lower() if ":" in url.partition("/")[0] else ""
    if scheme in ("mailto", "tel", "sms"):
        return
    place, shown = mail.place_of_url(url), _shown(url)
    if scheme not in ("http", "https"):
        found = f"the link {shown} is not a whole address" if url else "a link leads nowhere: its address is empty"
        allowed = "in a mail there is no page to be relative to"
        todo = f"write the whole address, such as {pages.url or 'https://your.site'}/page.html, or remove the link"
        yield mail.finding(Severity.ERROR, Check.LINKS, place, found, allowed, todo)
    elif not host_of(url):
        yield mail.finding(Severity.ERROR, Check.LINKS, place, f"the link {shown} names no host", "", "correct it")
    elif is_own_machine(host_of(url)) and host_of(url) != host_of(pages.url):
        found = f"the link {shown} leads to each reader's own machine or network"
        yield mail.finding(Severity.ERROR, Check.LINKS, place, found, "", "write the address that everybody can reach")
    elif is_reserved(host_of(url)) and not is_reserved(host_of(pages.url)):
        found = f"the link {shown} leads to a host that stands for examples"
        yield mail.finding(Severity.WARNING, Check.LINKS, place, found, "", "write the address that is meant")


def _own_anchor(mail: Mail, url: str) -> Iterator[Finding]:
    if url[1:] not in mail.page.anchors:
        found = f'the link "{shortened(url)}" names no place in the mail'
        yield mail.finding(Severity.ERROR, Check.LINKS, mail.place_of_url(url), found, "", "remove it, or name an id")


def _without_way_out(mail: Mail) -> Iterator[Finding]:
    """A mail that nobody can leave is against the law and the bulk sender rules."""
    for form, is_there, path in (
        ("HTML", any(url.startswith(LEAVING) for url in mail.page.links), mail.sources.templates[0]),
        ("text part", LEAVING in mail.text, mail.sources.text_template),
    ):
        if not is_there:
            found = f"the {form} has no way to unsubscribe"
            todo = "print {{ mail.unsubscribe_url }} in it, as shared/footer.mjml and shared/footer.txt do"
            yield mail.finding(Severity.ERROR, Check.LINKS, (path, 0), found, "", todo)


def _is_http(url: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and bool(host_of(url))


def _shown(url: str) -> str:
    return shortened(url, LONGEST)


def _nearest(anchors: frozenset[str]) -> str:
    known = ", ".join(f"#{name}" for name in sorted(anchors)[:6])
    return f"correct it; there are: {known}" if known else "link to the page itself"
