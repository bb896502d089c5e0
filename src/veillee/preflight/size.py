"""How heavy a mail is -> findings."""

from __future__ import annotations

from collections.abc import Iterator

from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail

WARN_BYTES = 90_000
REFUSE_BYTES = 100_000
CLIP_BYTES = 102_000  # where Gmail cuts a mail, and with it the way to unsubscribe
_TODO = "take items out of the edition, or shorten summaries and introduction"


def find_size_faults(mail: Mail, *, html_bytes: int) -> Iterator[Finding]:
    """HTML that Gmail would clip, or that is beyond the digest's own budget."""
    budget = mail.composed.digest.size_budget_bytes
    found = f"the mail has {html_bytes:,} bytes of HTML"
    place = mail.edition_path, 0
    if html_bytes >= REFUSE_BYTES:
        allowed = f"less than {REFUSE_BYTES:,}: Gmail clips a mail at {CLIP_BYTES:,}"
        yield mail.finding(Severity.ERROR, Check.SIZE, place, found, allowed, _TODO)
    elif html_bytes >= WARN_BYTES:
        allowed = f"Gmail clips a mail at {CLIP_BYTES:,}"
        yield mail.finding(Severity.WARNING, Check.SIZE, place, found, allowed, _TODO)
    elif html_bytes > budget:
        todo = f"{_TODO}, or raise budget_kb: in {mail.composed.digest.folder}/digest.yaml"
        yield mail.finding(Severity.WARNING, Check.SIZE, place, found, f"its budget is {budget:,}", todo)
