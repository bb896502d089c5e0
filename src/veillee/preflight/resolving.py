"""The door to the DNS: names and types -> answers as texts, within a time that all lookups share."""

from __future__ import annotations

import time

import dns.exception
import dns.name
import dns.resolver

from veillee.preflight.records import UnreachableError

TOTAL_S = 3.0
EACH_S = 1.0


class Resolver:
    """Asks a resolver, the machine's own unless an address is given; remembers what it was told.

    `nameserver` and `port` name another one.
    """

    def __init__(self, *, nameserver: str | None = None, port: int = 53, total_s: float = TOTAL_S) -> None:
        self._ends = time.monotonic() + total_s
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._resolver = _resolver(nameserver, port)

    def lookup(self, name: str, kind: str) -> tuple[str, ...]:
        """The answers, texts joined as they are meant; none where there are none. Raises UnreachableError."""
        if (name, kind) not in self._known:
            self._known[name, kind] = self._ask(name, kind)
        return self._known[name, kind]

    def _ask(self, name: str, kind: str) -> tuple[str, ...]:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise UnreachableError("it took too long")
        if self._resolver is None:
            raise UnreachableError("this machine names no resolver")
        try:
            whole = dns.name.from_text(name)
            answer = self._resolver.resolve(whole, kind, lifetime=min(left, 2 * EACH_S), raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.name.LabelTooLong:
            return ()
        except (dns.exception.DNSException, OSError) as err:
            reason = "no answer" if isinstance(err, dns.exception.Timeout) else type(err).__name__
            raise UnreachableError(reason) from err
        return tuple(sorted(_text(row) for row in answer.rrset or ()))


def _resolver(nameserver: str | None, port: int) -> dns.resolver.Resolver | None:
    try:
        resolver = dns.resolver.Resolver(configure=nameserver is None)
    except dns.resolver.NoResolverConfiguration:
        return None
    if nameserver is not None:
        resolver.nameservers = [nameserver]
        resolver.port = port
    resolver.timeout = EACH_S
    resolver.cache = None
    return resolver


def _text(row: object) -> str:
    """A TXT record's strings joined; any other record as a zone file has it."""
    strings = getattr(row, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    return str(row)
