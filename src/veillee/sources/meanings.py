"""What a plain word of YAML means here: little, so that nothing is guessed."""

from __future__ import annotations

import re

_WHOLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})\Z")
_CONSTANTS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def meaning_of(text: str) -> object:
    """What a plain word means: true, false, nothing, a whole number, else the text itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _WHOLE_NUMBER.match(text) else text
