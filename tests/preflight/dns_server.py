"""A real name server on a free port of this machine: records by name and type, or silence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], tuple[str, ...]]


@contextmanager
def name_server(records: Records, *, is_silent: bool = False) -> Iterator[int]:
    """The port of a server that answers with these records as zone files have them, until the block ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        ends = threading.Event()

        def serve() -> None:
            while not ends.is_set():
                try:
                    wire, address = sock.recvfrom(4096)
                except TimeoutError:
                    continue
                if not is_silent:
                    sock.sendto(_answer(wire, records), address)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            ends.set()
            thread.join()


def _answer(wire: bytes, records: Records) -> bytes:
    query = dns.message.from_wire(wire)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    question = query.question[0]
    name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    found = records.get((name, kind), ())
    if found:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
    elif not any(known == name for known, _ in records):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()
