"""Judges of signatures that share no code with ours: dkimpy reads the message, finds the key, and decides."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dkim
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from veillee.delivery.message.dkim_keys import KeyKind, Signer, public_record, read_signer, write_new_key

DOMAIN = "veillee.example"


def new_signer(kind: KeyKind) -> Signer:
    """A signer with a key that nobody had before."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key.pem"
        write_new_key(path, kind)
        return read_signer(path, kind=kind, domain=DOMAIN, selector=f"{kind.value}-2026")


RSA, ED25519 = new_signer(KeyKind.RSA), new_signer(KeyKind.ED25519)
BOTH = (RSA, ED25519)


def verdicts(message: bytes, signers: Iterable[Signer] = BOTH) -> list[bool]:
    """What the judge says of each signature of a message, in their order."""
    records = {f"{record.name}.".encode(): record.value.encode() for record in map(public_record, signers)}
    count = sum(line.startswith(b"DKIM-Signature:") for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n"))
    return [_verdict(dkim.DKIM(message), number, records) for number in range(count)]


def _verdict(judge: Any, number: int, records: dict[bytes, bytes]) -> bool:
    sig, names, headers = judge.verify_headerprep(number)
    record = records[sig[b"s"] + b"._domainkey." + sig[b"d"] + b"."]
    try:
        if sig[b"a"] == b"ed25519-sha256":
            return _verdict_of_ed25519(judge, sig, names, headers[number], record)
        return bool(judge.verify(number, dnsfunc=lambda name, timeout=5: records[name]))
    except dkim.ValidationError:
        return False


def _verdict_of_ed25519(judge: Any, sig: Any, names: list[bytes], header: Any, record: bytes) -> bool:
    """dkimpy needs PyNaCl to check a curve; everything but the curve is still its own."""
    key = _Curve(dkim.parse_tag_value(record)[b"p"])
    judge.pk, judge.keysize, judge.ktag, judge.seqtlsrpt = key, 256, b"ed25519", False
    judge.verify_sig_process(sig, names, header, None)
    return key.is_satisfied


class _Curve:
    def __init__(self, public: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        self.is_satisfied = False

    def verify(self, digest: bytes, signature: bytes) -> None:
        try:
            self._key.verify(signature, digest)
            self.is_satisfied = True
        except InvalidSignature:
            self.is_satisfied = False
