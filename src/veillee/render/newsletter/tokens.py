"""Where a mail is cut for what differs from one recipient to the next.

The templates print a placeholder for each token; its name comes from a hash of everything that goes into the mail, so
no text in it can contain it, by chance or by intent.
"""

from __future__ import annotations

import hashlib
import re

from veillee.model.edition import Parts, Token


def placeholders_for(*contents: str) -> dict[Token, str]:
    """A word for each token that occurs in none of the contents."""
    number = 0
    while True:
        nonce = "v" + hashlib.sha256("\x00".join((str(number), *contents)).encode("utf-8", "replace")).hexdigest()[:24]
        if not any(nonce in content for content in contents):
            return {
                Token.UNSUBSCRIBE_URL: f"https://{nonce}.invalid/{Token.UNSUBSCRIBE_URL.value}",
                Token.RECIPIENT_NAME: f"{nonce}-{Token.RECIPIENT_NAME.value}",
            }
        number += 1


def split_at_tokens(text: str, placeholders: dict[Token, str]) -> Parts:
    """The text cut at every placeholder, each replaced by its token; no empty texts."""
    by_word = {word: token for token, word in placeholders.items()}
    pieces = re.split(f"({'|'.join(map(re.escape, by_word))})", text)
    return tuple(by_word.get(piece, piece) for piece in pieces if piece)


def joined(parts: Parts, values: dict[Token, str]) -> str:
    """The text for one recipient. In HTML the values must have been escaped before."""
    return "".join(values[part] if isinstance(part, Token) else part for part in parts)
