"""What nobody has filled in yet: a post that says what a new file begins with, and nothing else. Pure.

A digest that goes out by itself would mail it within minutes.
"""

from __future__ import annotations

from functools import cache

from veillee.languages import wordings
from veillee.model.post import Post

BLANKS = (
    "Write here, in Markdown.",
    "Write the question here, in Markdown: what was tried, what happened instead.",
)
"""What `veillee new` writes where the text goes, in the site's language."""


def is_unwritten(post: Post) -> bool:
    """Whether its whole text is still the one that it began with."""
    return _words(post.text) in _every_blank()


@cache
def _every_blank() -> frozenset[str]:
    return frozenset(_words(wording) for blank in BLANKS for wording in wordings(blank))


def _words(text: str) -> str:
    """The text with single spaces, whatever was typeset between its words."""
    return " ".join(text.split())
