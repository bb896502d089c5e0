"""The keys of message ids and tokens: from the environment, else made once, in the var folder, for its owner alone.

The newest key signs; all of them are believed, so that a token that was mailed years ago still opens its door.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from veillee.errors import ConfigurationError, SourceError

MIN_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Keys:
    """`current` signs; `past` are those that signed before it, and are still believed."""

    current: bytes = field(repr=False)
    past: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def every(self) -> tuple[bytes, ...]:
        return (self.current, *self.past)


def load_keys(var: Path, *, given: str | None, past: str | None = None) -> Keys:
    """The keys; two commands that make the first one at the same time get the same one.

    `given` and `past` are what the environment holds (`past`: words between spaces, commas or line ends). The file
    has a key on each line, the newest one first; its keys are believed as past ones where the environment gives one.
    """
    older = [_checked(word, "VEILLEE_SECRET_PAST") for word in (past or "").replace(",", " ").split()]
    path = var / "secret"
    try:
        if given is None and not path.exists():
            _make(path)
        lines = path.read_text(encoding="ascii", errors="replace").splitlines() if path.exists() else []
    except OSError as err:
        raise SourceError(f"{path}: the key cannot be kept ({err.strerror}); check the folder's rights") from err
    kept = [_checked(line, str(path)) for line in lines if line.strip()]
    current = [_checked(given, "VEILLEE_SECRET")] if given is not None else []
    found = list(dict.fromkeys([*current, *kept, *older]))
    if not found:
        _checked("", str(path))
    return Keys(found[0], tuple(found[1:]))


def fingerprint(key: bytes) -> str:
    """The name of a key, which says nothing of it: to find out whether a key that was used is still here."""
    return hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]


def _checked(text: str, place: str) -> bytes:
    key = text.strip()
    if len(key) < MIN_CHARACTERS:
        raise ConfigurationError(
            f"{place} holds {len(key)} characters; at least {MIN_CHARACTERS} are needed; "
            "use a long random text, and keep it: tokens that were mailed depend on it"
        )
    return key.encode("utf-8", errors="surrogateescape")


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(number, "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(part)
        except FileExistsError:
            return  # somebody else was faster: theirs counts
    finally:
        part.unlink()
