"""The weight of a mail."""

from __future__ import annotations

from tests.preflight.samples import EDITION, a_mail, said
from veillee.preflight.size import find_size_faults


def test_weights_have_their_words() -> None:
    mail = a_mail()
    assert said(find_size_faults(mail, html_bytes=80_000)) == []
    assert said(find_size_faults(mail, html_bytes=80_001))[0].startswith(
        f"warning {EDITION}: the mail has 80,001 bytes of HTML; its budget is 80,000;"
    )
    assert "Gmail clips a mail at 102,000" in said(find_size_faults(mail, html_bytes=90_000))[0]
    assert said(find_size_faults(mail, html_bytes=100_000)) == [
        (
            f"error {EDITION}: the mail has 100,000 bytes of HTML; less than 100,000: Gmail clips a mail at 102,000; "
            "take items out of the edition, or shorten summaries and introduction"
        )
    ]
