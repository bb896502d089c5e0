"""security.txt (RFC 9116): whom to tell of a hole in the site."""

from __future__ import annotations

from collections.abc import Mapping

from veillee.config import SECURITY_FIELDS

SECURITY_TXT = ".well-known/security.txt"


def render_security_txt(
    said: Mapping[str, str | tuple[str, ...]], *, canonical: str, languages: tuple[str, ...]
) -> bytes:
    """The file; what the RFC recommends and the settings do not say is added."""
    fields = {"Preferred-Languages": ", ".join(languages), "Canonical": canonical, **said}
    lines = [f"{name}: {value}\n" for name in SECURITY_FIELDS if name in fields for value in _values(fields[name])]
    return "".join(lines).encode()


def _values(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said
