"""SPF records (RFC 7208): texts of a domain -> what they allow, and how many lookups they need."""

from __future__ import annotations

import re
from collections.abc import Callable

_ENOUGH = 20  # lookups after which it does not matter how many more there are
_NESTED = ("include:", "exists:", "redirect=")


def spf_records(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a domain's texts that are SPF records."""
    return tuple(text.strip() for text in texts if re.match(r"v=spf1(?: |\Z)", text.strip(), re.IGNORECASE))


def weakness(record: str) -> str:
    """What makes a record useless, as the end of a sentence; empty where nothing does."""
    terms = [term.lower() for term in record.split()[1:]]
    if "+all" in terms or "all" in terms:
        return "lets everybody send as you (+all)"
    if "?all" in terms:
        return "says nothing of other servers (?all)"
    if not any(term.endswith("all") or term.startswith("redirect=") for term in terms):
        return "does not end with ~all or -all"
    return ""


def count_lookups(record: str, domain: str, lookup: Callable[[str, str], tuple[str, ...]]) -> int:
    """How many lookups a record needs, with all that it includes; a record that includes itself is not followed."""
    waiting, seen, count = [record], {domain}, 0
    while waiting and count < _ENOUGH:
        for term in waiting.pop().split()[1:]:
            bare = term.lower().lstrip("+-~?")
            if not _costs(bare):
                continue
            count += 1
            target = re.split(r"[:=]", bare, maxsplit=1)[-1]
            is_nested = bare.startswith(("include:", "redirect="))
            if is_nested and "%" not in target and target not in seen and count < _ENOUGH:
                seen.add(target)
                waiting.extend(spf_records(lookup(target, "TXT"))[:1])
    return count


def _costs(term: str) -> bool:
    name = re.split(r"[:/]", term, maxsplit=1)[0]
    return name in ("a", "mx", "ptr") or term.startswith(_NESTED)
