"""Withdrawal: why a post that exists is not on the site, as a sentence goes on after its name."""

from __future__ import annotations

_SENTENCES = {"hidden": "it is hidden", "draft": "it is a draft", "expired": "it has expired"}


def said_withdrawal(reason: str) -> str:
    """The community's word for it in a sentence; other words stay as they are."""
    return _SENTENCES.get(reason, reason)
