"""Addresses as a mail holds them, hostile ones too: what can be read of them, and whose they are."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

RESERVED_HOSTS = ("example.com", "example.net", "example.org")  # RFC 2606: they belong to nobody


def parts_of(url: str) -> SplitResult:
    """The parts of an address; all of them empty where it cannot be read."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def host_of(url: str) -> str:
    """The host of an address in lower case; empty where it has none or cannot be read."""
    return (parts_of(url).hostname or "").lower()


def is_own_machine(host: str) -> bool:
    """Whether a host is each reader's own machine or network."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def is_reserved(host: str) -> bool:
    """Whether a host stands for examples in documents."""
    return host in RESERVED_HOSTS or any(host.endswith(f".{name}") for name in RESERVED_HOSTS)
