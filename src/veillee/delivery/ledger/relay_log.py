"""The log of a mail server: text, or gzip, of any server -> which Message-IDs it names, and so has taken over.

Postfix writes `message-id=<...>` when a message is in its queue; Exim `id=...`; others as much. An id is an HMAC of
forty hexadecimal digits: where it stands in a log, that message was there.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from veillee.errors import SourceError

_ID = re.compile(rb"([0-9a-f]{40})@")
_REFUSED = re.compile(rb"\b(?:milter-reject|reject|NOQUEUE)\b", re.IGNORECASE)


def find_message_ids(path: Path, wanted: Iterable[str]) -> frozenset[str]:
    """Those of the ids that the log names in a line that is no refusal. Raises SourceError where it cannot be read."""
    by_local = {one.strip("<>").partition("@")[0].encode(): one for one in wanted}
    found: set[str] = set()
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for line in lines:
                match = _ID.search(line)
                if match and match[1] in by_local and not _REFUSED.search(line):
                    found.add(by_local[match[1]])
    except (OSError, EOFError) as err:
        raise SourceError(f"{path}: the log cannot be read ({err}); check its name and its rights") from err
    return frozenset(found)
