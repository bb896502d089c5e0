"""Code for the made-up posts: pieces from snippets.txt, with names and numbers that chance fills in.

In that file a piece's `§a` to `§d` are names, `§A` to `§D` the same with a capital, `§n` and `§m` numbers.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

_NAMES = (
    "order", "member", "post", "stream", "digest", "reader", "machine", "part", "shift", "batch", "report", "total",
    "count", "price", "rate", "limit", "margin", "weight", "label", "shelf", "ticket", "lesson", "topic", "answer",
)  # fmt: skip
_OFTEN = ("python -m venv .venv\n. .venv/bin/activate", "git pull --rebase\ngit push", "sudo apt-get update", "ls -la")


def _pieces() -> dict[str, tuple[int, list[str]]]:
    """Language -> how common it is, and its pieces."""
    text = Path(__file__).with_name("snippets.txt").read_text(encoding="utf-8")
    found = re.findall(r"^=== (\w+) (\d+)\n(.*?)(?=^=== |\Z)", text, re.MULTILINE | re.DOTALL)
    return {language: (int(weight), pieces.rstrip("\n").split("\n~\n")) for language, weight, pieces in found}


_PIECES = _pieces()
_WEIGHTS = [weight for weight, _ in _PIECES.values()]


def fenced(chance: random.Random) -> str:
    """A block of code between fences. One in ten is a command that many posts show."""
    if chance.random() < 0.1:
        return f"```bash\n{chance.choice(_OFTEN)}\n```"
    language = chance.choices(list(_PIECES), _WEIGHTS)[0]
    pieces = chance.choices(_PIECES[language][1], k=1 if language == "json" else chance.randint(1, 4))
    return f"```{language}\n" + "\n\n".join(_filled(piece, chance) for piece in pieces) + "\n```"


def _filled(piece: str, chance: random.Random) -> str:
    names = dict(zip("abcd", chance.sample(_NAMES, 4), strict=True))
    capitals = {key.upper(): name.capitalize() for key, name in names.items()}
    numbers = {"n": str(chance.randint(10, 9999)), "m": str(chance.randint(1, 9))}
    words = {**names, **capitals, **numbers}
    return re.sub("§([a-dA-Dnm])", lambda found: words[found[1]], piece)
