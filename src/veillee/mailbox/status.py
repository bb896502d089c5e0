"""What a refusal says of an address: status codes (RFC 3463) and the server's words -> hard or soft. Pure.

Hard means that the address does not exist. A full mailbox, a refused message or an unknown sender say nothing about
it, whatever the first digit of the code.
"""

from __future__ import annotations

import re

from veillee.model.returned import BounceKind

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])([0-5])(\d)(?![\d.])")
_SAYS_NOTHING = re.compile(r"[245]\.0\.0\Z|5\.5\.0\Z")
_ABOUT_SOMETHING_ELSE = re.compile(
    r"""5\.( 1\.(?:[78]|90)              # the sender's address
          | 2\.(?:[234]|12[12])          # full, too long, a list that could not be expanded, too many at once
          | 3\.\d+                       # the mail system
          | 4\.(?:[23567]|3(?:00|1[26])) # routing, congestion, a loop, too old
          | 5\.[1-6]                     # the protocol
          | 6\.\d+                       # the content
          | 7\.\d+                       # policy
        )\Z""",
    re.VERBOSE,
)
_SOFT_WORDS = re.compile(
    r"quota|mailbox (?:is )?full|bo.tes? (?:aux lettres |de r[ée]ception )?(?:est )?pleine|over(?:quota| ?limit)"
    r"|insufficient (?:system )?storage|insuffisant|exceeded storage"
    r"|spam|pourriel|ind[ée]sirable|black ?list|block ?list|liste noire|blocked|r[ée]putation"
    r"|policy|dmarc|\bspf\b"
    r"|virus|greylist|try (?:again )?later|r[ée]essayer|temporar|timed? ?out|timeout|connection refused|unreachable"
    r"|too (?:large|big|many)|trop (?:gros|volumineux|de messages)|retry time",
    re.IGNORECASE,
)


def status_in(*texts: str) -> str:
    """The code that says most in these texts, the first of them before the last; empty where there is none.

    `5.0.0` says nothing that a later one does not say better. A bare reply such as 550 counts as `5.0.0`, and 552,
    which means that the storage is full, as `5.2.2` (RFC 5321 section 4.2.3).
    """
    found = [".".join(match) for text in texts for match in _STATUS.findall(text)]
    for status in found:
        if not _SAYS_NOTHING.match(status):
            return status
    replies = ["".join(match) for text in texts for match in _REPLY.findall(text)]
    if "552" in replies:
        return "5.2.2"
    return found[0] if found else (f"{replies[0][0]}.0.0" if replies else "")


def kind_of(status: str, words: str) -> BounceKind:
    """Hard or soft, for a message that failed for good."""
    if status.startswith("4") or _ABOUT_SOMETHING_ELSE.match(status):
        return BounceKind.SOFT
    if not status or _SAYS_NOTHING.match(status):
        return BounceKind.SOFT if _SOFT_WORDS.search(words) else BounceKind.HARD
    return BounceKind.HARD
