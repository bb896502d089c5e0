"""What external addresses answered -> findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from veillee.preflight.fetching import Visit
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.shown import shortened

GONE = frozenset({404, 410})


def find_visit_faults(mails: tuple[Mail, ...], visits: Iterable[Visit]) -> Iterator[Finding]:
    """Pages that are gone, as errors; what may only have been a bad moment, as warnings."""
    for visit in visits:
        for mail in mails:
            if any(url.partition("#")[0] == visit.url for url in mail.page.links):
                yield from _judged(mail, visit)


def _judged(mail: Mail, visit: Visit) -> Iterator[Finding]:
    place, shown = mail.place_of_url(visit.url), shortened(visit.url, 70)
    if visit.is_skipped:
        found = f"the link {shown} was not asked: {visit.reason}"
        yield mail.finding(Severity.NOTE, Check.LINKS, place, found, "", "open it yourself")
    elif visit.status in GONE:
        found = f"the link {shown} leads to nothing: its server says {visit.status}"
        yield mail.finding(Severity.ERROR, Check.LINKS, place, found, "", "correct it, or remove it")
    elif visit.reason or visit.status >= 400:
        said = visit.reason or f"its server says {visit.status}"
        found = f"the link {shown} could not be looked at: {said}"
        yield mail.finding(Severity.WARNING, Check.LINKS, place, found, "", "open it yourself; correct it if need be")
    elif visit.moved_to:
        found = f"the link {shown} moved for good, to {shortened(visit.moved_to, 70)}"
        yield mail.finding(Severity.NOTE, Check.LINKS, place, found, "", "write the new address")
