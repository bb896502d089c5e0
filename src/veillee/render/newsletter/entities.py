"""Attribute values that survive the MJML renderer: everything but plain ASCII as numeric entities.

The renderer writes attribute values escaped as Rust source, which breaks quotes, backslashes, line ends and every
combining or format character (Hindi, Arabic, accents that stand apart). What is an entity already passes untouched.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"""[^ !#$%(-;=?-\[\]-~]""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def encode_attribute(value: str) -> str:
    """The value with quotes, `&`, `<`, `>`, backslashes, and whatever is not printable ASCII as `&#...;`."""
    return _UNSAFE.sub(lambda match: f"&#{ord(match[0])};", without_controls(value))


def without_controls(text: str) -> str:
    """A text without the characters that neither XML nor a mail may hold; tabs and line ends stay."""
    return _FORBIDDEN.sub("", text)
