"""The contents of a build: every article and page that is written, to be found by where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from veillee.model import Post


class Contents:
    """Pelican's articles and pages, and our posts among them."""

    def __init__(self, contents: Iterable[Any]) -> None:
        self._contents = tuple(contents)

    @cached_property
    def by_path(self) -> Mapping[str, Any]:
        """By their path below the output folder."""
        return {content.save_as: content for content in self._contents}

    @cached_property
    def posts(self) -> Mapping[tuple[str, str], Post]:
        """By id and language."""
        posts = (getattr(content, "post", None) for content in self._contents)
        return {(post.id, post.lang): post for post in posts if post is not None}
