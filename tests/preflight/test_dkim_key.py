"""Signing keys: what the DNS must say of them, and why some cannot be used."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.preflight.keys import ec_pem, ed25519_pem, rsa_pem
from veillee.preflight.dkim_key import UnreadableKeyError, read_public_key


def test_a_key_is_read_from_pem_or_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "dkim.pem").write_text(rsa_pem())
    key = read_public_key(rsa_pem(), root=tmp_path)
    assert key == read_public_key("dkim.pem", root=tmp_path)
    assert (key.kind, key.bits) == ("rsa", 2048)
    assert load_der_public_key(base64.b64decode(key.encoded)).key_size == 2048  # type: ignore[union-attr]


def test_an_ed25519_key_is_its_32_bytes(tmp_path: Path) -> None:
    assert len(base64.b64decode(read_public_key(ed25519_pem(), root=tmp_path).encoded)) == 32


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("missing.pem", "its file cannot be read (No such file or directory)"),
        ("-----BEGIN PRIVATE KEY-----\nx", "it is not a private key in PEM without a password"),
        (ec_pem(), "it is neither an RSA nor an Ed25519 key"),
        ("a\x00b", "its file cannot be read (no path)"),
    ],
    ids=["missing", "nonsense", "another kind", "no path"],
)
def test_a_key_that_cannot_be_used_says_why(given: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableKeyError, match=r".*") as caught:
        read_public_key(given, root=tmp_path)
    assert str(caught.value) == words
