"""Which messages a mail server's log names, and so has taken over."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from veillee.delivery.ledger.relay_log import find_message_ids
from veillee.errors import SourceError

TAKEN, REFUSED, ABSENT = (f"<{digit * 40}@veillee.example>" for digit in "abc")
LOG = f"""\
Nov 20 08:00:01 mx postfix/cleanup[12]: 4F1D2: message-id={TAKEN}
Nov 20 08:00:01 mx postfix/qmgr[13]: 4F1D2: from=<bounces@veillee.example>, size=57500, nrcpt=1 (queue active)
Nov 20 08:00:02 mx postfix/cleanup[12]: 4F1D3: milter-reject: END-OF-MESSAGE from x: 5.7.1; message-id={REFUSED}
"""


@pytest.mark.parametrize("name", ["mail.log", "mail.log.2.gz"])
def test_a_log_tells_what_was_taken_over_and_not_what_was_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(LOG.encode()) if name.endswith("gz") else LOG.encode())
    assert find_message_ids(path, (TAKEN, REFUSED, ABSENT)) == {TAKEN}


@pytest.mark.parametrize("name", ["missing.log", "not-packed.gz"])
def test_a_log_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "not-packed.gz").write_text(LOG)
    with pytest.raises(SourceError, match=name):
        find_message_ids(tmp_path / name, (TAKEN,))
