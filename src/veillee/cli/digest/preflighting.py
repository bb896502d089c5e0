"""A preflight as the commands run it: an edition and its variants -> the facts from every door -> findings.

`run_preflight` is what `digest check` prints, and what a send asks before anything leaves (`stop_on_errors`).
SpamAssassin and the DNS are asked at the same time as the rest is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from veillee.cli.digest.mailfacts import (
    build_mails,
    check_setup,
    picture_finder,
    sample_message,
    sender_of_mailing,
    site_pages,
    skeleton,
)
from veillee.cli.digest.mailing import Mailing
from veillee.errors import ConfigurationError, ContentError, DeliveryError, Fault
from veillee.model import Variant
from veillee.preflight.contrast import find_faint_texts
from veillee.preflight.fetching import Visitor
from veillee.preflight.finding import Check, Finding, Severity, errors_in, merged
from veillee.preflight.links import SitePages, external_links, find_link_faults
from veillee.preflight.mail import Mail
from veillee.preflight.pictures import (
    FindPicture,
    find_foreign_hosts,
    find_left_out_pictures,
    find_missing_alts,
    find_picture_faults,
)
from veillee.preflight.placeholders import find_placeholders
from veillee.preflight.records import find_dns_faults
from veillee.preflight.resolving import Resolver
from veillee.preflight.setup import SMTP, find_desk_faults
from veillee.preflight.size import find_size_faults
from veillee.preflight.spam import find_spam_faults
from veillee.preflight.spamassassin import find_program, judge
from veillee.preflight.subject import find_subject_faults
from veillee.preflight.support import Skeleton, find_support_faults, load_support
from veillee.preflight.text_part import find_text_faults
from veillee.preflight.visits import find_visit_faults
from veillee.render.newsletter import weigh


@dataclass(frozen=True, slots=True)
class Doors:
    """What is asked outside of the edition: a spam filter, the DNS, other people's pages. None is not asked."""

    spamassassin: str | None = field(default_factory=find_program)
    resolver: Resolver | None = field(default_factory=Resolver)
    visitor: Visitor = field(default_factory=Visitor)


def run_preflight(
    mailing: Mailing,
    variants: tuple[Variant, ...],
    *,
    transport: str,
    external: bool = False,
    doors: Doors | None = None,
) -> tuple[Finding, ...]:
    """Everything that keeps the variants from going out well, the worst first; what was not looked at, as notes.

    `external` asks other people's servers whether the links lead somewhere. Raises for nothing that a mail holds.
    """
    doors = doors or Doors()
    mails = build_mails(mailing, variants)
    with ThreadPoolExecutor(4, thread_name_prefix="preflight") as pool:
        asked = [*_asked(pool, mailing, mails, doors)]
        found = [
            *_findings_of_mails(mailing, mails),
            *_findings_of_the_setup(mailing, transport, external=external, doors=doors),
            *_findings_of_other_sites(mailing, mails, external=external, doors=doors),
        ]
        for future in asked:
            found.extend(future.result())
    return merged(found)


def check_edition(
    mailing: Mailing, *, transport: str, external: bool, doors: Doors | None = None
) -> tuple[Finding, ...]:
    """The same for an edition that is still to be rendered: what keeps it from that is a finding too."""
    from veillee.cli.digest.mailing import render_variants

    try:
        variants = render_variants(mailing, allow_heavy=True)
    except ContentError as error:
        found = run_preflight(mailing, (), transport=transport, external=external, doors=doors)
        return merged([*(_of_fault(fault) for fault in error.faults), *found])
    return run_preflight(mailing, variants, transport=transport, external=external, doors=doors)


def stop_on_errors(findings: Iterable[Finding]) -> None:
    """Raises the errors among the findings: ConfigurationError where the operator must act, else ContentError."""
    errors = errors_in(findings)
    if not errors:
        return
    kind = ConfigurationError if any(one.check.is_of_the_operator for one in errors) else ContentError
    raise kind(faults=[one.as_fault() for one in errors])


def _asked(
    pool: ThreadPoolExecutor, mailing: Mailing, mails: tuple[Mail, ...], doors: Doors
) -> Iterator[Future[list[Finding]]]:
    yield pool.submit(_dns, mailing, doors)
    for mail in _one_for_each_language(mails):
        yield pool.submit(_spam, mailing, mail, doors)


def _one_for_each_language(mails: tuple[Mail, ...]) -> tuple[Mail, ...]:
    """The heaviest mail of each language: what a filter says of it holds for its smaller sisters."""
    heaviest: dict[str, Mail] = {}
    for mail in mails:
        if mail.lang not in heaviest or len(mail.html) > len(heaviest[mail.lang].html):
            heaviest[mail.lang] = mail
    return tuple(heaviest.values())


def _findings_of_mails(mailing: Mailing, mails: tuple[Mail, ...]) -> Iterator[Finding]:
    if not mails:
        return
    pages, find, basis = site_pages(mailing, mails), picture_finder(mailing), skeleton()
    for mail in mails:
        yield from _findings_of(mail, pages, find, basis)


def _findings_of(mail: Mail, pages: SitePages, find: FindPicture, basis: Skeleton) -> Iterator[Finding]:
    budget = mail.composed.digest.size_budget_bytes
    yield from find_subject_faults(mail)
    yield from find_link_faults(mail, pages)
    yield from find_missing_alts(mail)
    yield from find_left_out_pictures(mail)
    yield from find_picture_faults(mail, site_url=pages.url, find=find)
    yield from find_foreign_hosts(mail, site_url=pages.url)
    yield from find_text_faults(mail)
    yield from find_size_faults(mail, html_bytes=weigh(mail.variant, budget_bytes=budget).html_bytes)
    yield from find_placeholders(mail)
    yield from find_faint_texts(mail)
    yield from find_support_faults(mail, skeleton=basis, support=load_support())


def _findings_of_the_setup(mailing: Mailing, transport: str, *, external: bool, doors: Doors) -> Iterator[Finding]:
    yield from check_setup(mailing, transport=transport)
    mail = mailing.site.mail
    if not mail.desk_url:
        return
    if external or transport == SMTP:
        answer = doors.visitor.answers(mail.desk_url)
        yield from find_desk_faults(mail, answer=answer, settings_file=mailing.site.settings_file)
    else:
        found = f"whether the desk answers at {mail.desk_url} was not looked at"
        yield Finding(Severity.NOTE, Check.SETUP, mailing.site.settings_file, found, "", "add --external")


def _findings_of_other_sites(
    mailing: Mailing, mails: tuple[Mail, ...], *, external: bool, doors: Doors
) -> Iterator[Finding]:
    urls = external_links(mails, mailing.community.url)
    if external:
        yield from find_visit_faults(mails, doors.visitor.visit(urls))
    elif urls:
        found = f"{len(urls)} link{'s' if len(urls) > 1 else ''} to other sites not looked at"
        yield Finding(
            Severity.NOTE, Check.LINKS, mailing.edition.source, found, "", "to ask their servers, add --external"
        )


def _dns(mailing: Mailing, doors: Doors) -> list[Finding]:
    if doors.resolver is None:
        return [Finding(Severity.NOTE, Check.DNS, "DNS", "the DNS was not asked")]
    try:
        sender = sender_of_mailing(mailing)
    except DeliveryError as error:
        return [Finding(Severity.ERROR, Check.SETUP, f"{mailing.digest.folder}/digest.yaml", str(error))]
    return list(find_dns_faults(sender, doors.resolver.lookup))


def _spam(mailing: Mailing, mail: Mail, doors: Doors) -> list[Finding]:
    try:
        message = sample_message(mailing, mail.variant)
    except DeliveryError as error:
        return [mail.finding(Severity.ERROR, Check.TEMPLATES, (mail.edition_path, 0), str(error))]
    if doors.spamassassin is None:
        found, todo = "no spam filter looked at the mail", "install SpamAssassin (apt-get install spamassassin)"
        return [Finding(Severity.NOTE, Check.SPAM, "spamassassin", found, "it is not installed", todo)]
    said = judge(message, program=doors.spamassassin)
    if isinstance(said, str):
        return [Finding(Severity.NOTE, Check.SPAM, "spamassassin", said)]
    return list(find_spam_faults(said, path=mail.edition_path, lang=mail.lang))


def _of_fault(fault: Fault) -> Finding:
    return Finding(Severity.ERROR, Check.TEMPLATES, fault.path, fault.found, fault.allowed, fault.todo, fault.line)
