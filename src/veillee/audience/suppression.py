"""Suppression: addresses that were erased, kept as hashes that cannot be turned back, so that no list mails them again.

The hash is an HMAC-SHA256 of the normalised address under the site's key. A key that was replaced must stay among the
past ones: without it nobody could tell who was erased, and so nothing is imported.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from veillee.database.tables import suppressions
from veillee.errors import ConfigurationError
from veillee.keys import Keys, fingerprint

LoadKeys = Callable[[], Keys]
"""Called only where somebody was erased: a site that needs no key makes none."""


class Suppression:
    """The hashes as they stand in a transaction."""

    def __init__(self, connection: Connection, keys: LoadKeys) -> None:
        self._connection = connection
        used = set(connection.execute(select(suppressions.c.key_name).distinct()).scalars())
        by_name = {fingerprint(key): key for key in keys().every} if used else {}
        missing = used - by_name.keys()
        if missing:
            raise ConfigurationError(
                f"addresses were erased under a key that is not here ({', '.join(sorted(missing))}), and nobody "
                "can tell whose they are; put the key that was used then into VEILLEE_SECRET_PAST"
            )
        self._used = tuple(by_name[name] for name in sorted(used))

    def among(self, address_keys: Sequence[str]) -> frozenset[str]:
        """Those of these normalised addresses that were erased."""
        if not self._used or not address_keys:
            return frozenset()
        key_of = {hash_of(address_key, key): address_key for address_key in address_keys for key in self._used}
        wanted = select(suppressions.c.address_hash).where(suppressions.c.address_hash.in_(list(key_of)))
        return frozenset(key_of[found] for found in self._connection.execute(wanted).scalars())

    def add(self, address_key: str, *, reason: str, keys: Keys, now: datetime) -> None:
        """Remembers an address; a second time changes nothing."""
        if address_key not in self.among([address_key]):
            values = {
                "address_hash": hash_of(address_key, keys.current),
                "key_name": fingerprint(keys.current),
                "reason": reason,
                "suppressed_at": now,
            }
            self._connection.execute(insert(suppressions).values(values))

    def remove(self, address_key: str) -> bool:
        """Forgets that an address was erased, because its owner came back; whether it was."""
        hashes = [hash_of(address_key, key) for key in self._used]
        gone = self._connection.execute(delete(suppressions).where(suppressions.c.address_hash.in_(hashes)))
        return gone.rowcount > 0


def hash_of(address_key: str, key: bytes) -> str:
    return hmac.new(key, b"erased:" + address_key.encode(), hashlib.sha256).hexdigest()
