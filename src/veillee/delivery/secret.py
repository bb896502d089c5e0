"""The key of message ids and tokens: from the environment, else made once, in the var folder, for its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from veillee.errors import ConfigurationError, SourceError

MIN_CHARACTERS = 16


def load_secret(var: Path, *, given: str | None) -> bytes:
    """The key; two commands that make it at the same time get the same one."""
    if given is not None:
        return _checked(given, "VEILLEE_SECRET")
    path = var / "secret"
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="ascii", errors="replace"), str(path))
    except OSError as err:
        raise SourceError(f"{path}: the key cannot be kept ({err.strerror}); check the folder's rights") from err


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
