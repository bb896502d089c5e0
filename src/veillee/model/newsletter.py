"""What a digest's mails are made from: the templates, as text, read by whoever may touch the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class NewsletterTemplates:
    """The two templates of a digest and what they may include: nothing else can be reached from them.

    Paths are as the commands know them. `includes` are texts by the name that a template includes them by
    (`head.mjml`); `includes_folder` is where they stand.
    """

    mjml: str
    text: str
    mjml_path: str
    text_path: str
    includes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    includes_folder: str = "digests/shared"

    def path_of(self, name: str) -> str:
        """The path of an included text."""
        return f"{self.includes_folder}/{name}"
