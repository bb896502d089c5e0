"""The door to keys: PEM text or a file -> what signs a digest for a domain, and what the DNS must say of it.

RSA by RFC 6376 and 8301 (2048 to 4096 bits), Ed25519 by RFC 8463. A signer is immutable and may be shared by threads;
an RSA signature is made without Python's lock.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from veillee.config import DkimSettings
from veillee.errors import ConfigurationError, SourceError
from veillee.model.address import AddressError, parse_address

LEAST_BITS, MOST_BITS = 2048, 4096
_RSA_PADDING, _PREHASHED = PKCS1v15(), Prehashed(SHA256())
_SELECTOR = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE
)


class KeyKind(StrEnum):
    """What a key is, as the DNS names it (the tag k=)."""

    RSA = "rsa"
    ED25519 = "ed25519"

    @property
    def command(self) -> str:
        """How such a key is made without us."""
        rsa, ed25519 = "openssl genrsa -out dkim.pem 2048", "openssl genpkey -algorithm ed25519 -out dkim.pem"
        return rsa if self is KeyKind.RSA else ed25519

    @property
    def option(self) -> str:
        """What `veillee dkim SELECTOR` is told."""
        return "" if self is KeyKind.RSA else " --ed25519"

    @property
    def shown(self) -> str:
        return "RSA" if self is KeyKind.RSA else "Ed25519"


SETTINGS_OF_KIND = {
    KeyKind.RSA: ("VEILLEE_DKIM_SELECTOR", "VEILLEE_DKIM_KEY"),
    KeyKind.ED25519: ("VEILLEE_DKIM_ED25519_SELECTOR", "VEILLEE_DKIM_ED25519_KEY"),
}
"""The setting that names a key in the DNS, and the variable that holds it."""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A TXT record to publish."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs for a domain under a selector."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def kind(self) -> KeyKind:
        return KeyKind.RSA if isinstance(self.key, RSAPrivateKey) else KeyKind.ED25519

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest: the same for the same digest."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(digest, _RSA_PADDING, _PREHASHED)
        return self.key.sign(digest)


def load_signers(dkim: DkimSettings, sender_domain: str, *, root: Path) -> tuple[Signer, ...]:
    """Whoever signs: the RSA key, and the Ed25519 key where there is one; nobody where no selector is set.

    `root` is the folder of the settings file, from which paths of key files count. Raises ConfigurationError.
    """
    if not dkim.selector:
        if dkim.ed25519_selector:
            raise ConfigurationError(
                "VEILLEE_DKIM_ED25519_SELECTOR is set without VEILLEE_DKIM_SELECTOR; Gmail, Outlook and Yahoo "
                "check RSA alone; make an RSA key as well, with: veillee dkim SELECTOR"
            )
        return ()
    domain = checked_domain(dkim.domain, place="VEILLEE_DKIM_DOMAIN") if dkim.domain else sender_domain
    wanted = [(KeyKind.RSA, dkim.selector, dkim.key)]
    if dkim.ed25519_selector:
        wanted.append((KeyKind.ED25519, dkim.ed25519_selector, dkim.ed25519_key))
    if len(wanted) == 2 and dkim.selector.lower() == (dkim.ed25519_selector or "").lower():
        raise ConfigurationError(
            f'VEILLEE_DKIM_SELECTOR and VEILLEE_DKIM_ED25519_SELECTOR are both "{dkim.selector}"; '
            "each key needs a record of its own; give them two names"
        )
    return tuple(_load_signer(kind, domain, selector, given, root=root) for kind, selector, given in wanted)


def read_signer(path: Path, *, kind: KeyKind, domain: str, selector: str) -> Signer:
    """A signer from a PEM file; raises ConfigurationError."""
    try:
        pem = path.read_bytes()
    except OSError as err:
        raise SourceError(f"{path}: the key cannot be read ({err.strerror}); check the file's rights") from err
    return parse_signer(pem, kind=kind, domain=domain, selector=selector, place=str(path))


def parse_signer(pem: bytes, *, kind: KeyKind, domain: str, selector: str, place: str) -> Signer:
    """A signer from PEM text; `place` is what messages call it. Raises ConfigurationError."""
    todo = f"make one with: veillee dkim {selector}{kind.option} (or: {kind.command})"
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as err:
        raise ConfigurationError(f"{place} holds a key behind a password; a key without one is needed; {todo}") from err
    except (ValueError, UnsupportedAlgorithm) as err:
        raise ConfigurationError(f"{place} holds no private key in PEM form; {todo}") from err
    wanted = RSAPrivateKey if kind is KeyKind.RSA else Ed25519PrivateKey
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey) or not isinstance(key, wanted):
        raise ConfigurationError(f"{place} holds a key of another kind; {kind.shown} is needed; {todo}")
    if isinstance(key, RSAPrivateKey) and not LEAST_BITS <= key.key_size <= MOST_BITS:
        allowed = f"{LEAST_BITS} to {MOST_BITS} are allowed (RFC 8301, and what Gmail asks of bulk mail)"
        raise ConfigurationError(f"{place} holds an RSA key of {key.key_size} bits; {allowed}; {todo}")
    return Signer(domain, selector, key)


def public_record(signer: Signer) -> DnsRecord:
    """The TXT record by which receivers check a signer's signatures (RFC 6376 section 3.6.1, RFC 8463 section 4)."""
    public = signer.key.public_key()
    if signer.kind is KeyKind.RSA:
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    value = f"v=DKIM1; k={signer.kind}; p={base64.b64encode(raw).decode()}"
    return DnsRecord(f"{signer.selector}._domainkey.{signer.domain}", value)


def write_new_key(path: Path, kind: KeyKind) -> bool:
    """Makes a key file for its owner alone; False where there is one already, which stays as it is."""
    key = generate_private_key(65537, LEAST_BITS) if kind is KeyKind.RSA else Ed25519PrivateKey.generate()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _write_once(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except OSError as err:
        raise SourceError(f"{path}: the key cannot be kept ({err.strerror}); check the folder's rights") from err


def _write_once(path: Path, pem: bytes) -> bool:
    """The whole file or none, whatever dies; False where somebody was faster."""
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)
    except FileExistsError:
        return False
    finally:
        part.unlink()
    return True


def is_selector(text: str) -> bool:
    """Whether a text can name a key in the DNS."""
    return _SELECTOR.fullmatch(text) is not None and len(text) <= 100


def checked_domain(domain: str, *, place: str) -> str:
    """The domain in ASCII; raises ConfigurationError where it is none."""
    try:
        return parse_address(f"postmaster@{domain}").domain
    except AddressError as err:
        raise ConfigurationError(f'{place} is "{domain}", which is no domain ({err}); correct it') from err


def _load_signer(kind: KeyKind, domain: str, selector: str, given: str | None, *, root: Path) -> Signer:
    setting, variable = SETTINGS_OF_KIND[kind]
    if not is_selector(selector):
        raise ConfigurationError(f'{setting} is "{selector}"; letters, digits and dashes, as in "s2026"; correct it')
    if not given:
        raise ConfigurationError(
            f'{setting} is "{selector}", and {variable} is not in the environment; set it to the key or to its path; '
            f"make a key with: veillee dkim {selector}{kind.option} (or: {kind.command})"
        )
    return parse_signer(_pem(given, variable, root), kind=kind, domain=domain, selector=selector, place=variable)


def _pem(given: str, variable: str, root: Path) -> bytes:
    """The key as it is, or from the file that is named; never shown in a message, since it may be the key."""
    if "-----BEGIN" in given:
        return given.replace("\\n", "\n").encode()  # some environments hold one line
    try:
        return (root / given.strip()).read_bytes()
    except (OSError, ValueError) as err:
        why = err.strerror if isinstance(err, OSError) else "no path"
        raise ConfigurationError(
            f"{variable} is neither a PEM text nor the path of a file that can be read ({why}); paths count from {root}"
        ) from err
