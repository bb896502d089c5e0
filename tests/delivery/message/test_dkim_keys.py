"""Keys: what is accepted, and what the operator is told where it is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from veillee.config import DkimSettings
from veillee.delivery.message.dkim_keys import KeyKind, Signer, load_signers, public_record, write_new_key
from veillee.errors import ConfigurationError, SourceError


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key of each kind."""
    folder = tmp_path_factory.mktemp("keys")
    write_new_key(folder / "rsa.pem", KeyKind.RSA)
    write_new_key(folder / "ed25519.pem", KeyKind.ED25519)
    return folder


def test_nobody_signs_where_no_selector_is_set(keys: Path) -> None:
    assert load_signers(DkimSettings(), "veillee.example", root=keys) == ()
    assert load_signers(DkimSettings(key="rsa.pem", ed25519_key="ed25519.pem"), "veillee.example", root=keys) == ()


def test_paths_count_from_the_settings_and_the_domain_is_the_senders(keys: Path) -> None:
    (signer,) = load_signers(DkimSettings(selector="s1", key="rsa.pem"), "veillee.example", root=keys)
    assert (signer.domain, signer.selector, signer.kind) == ("veillee.example", "s1", KeyKind.RSA)
    assert "rsa.pem" not in repr(signer)
    assert "PrivateKey" not in repr(signer)


def test_a_domain_of_its_own_may_be_international(keys: Path) -> None:
    dkim = DkimSettings(domain="Bücher.example", selector="s1", key="rsa.pem")
    assert load_signers(dkim, "veillee.example", root=keys)[0].domain == "xn--bcher-kva.example"


def test_rsa_signs_before_ed25519(keys: Path) -> None:
    dkim = DkimSettings(selector="s1", key="rsa.pem", ed25519_selector="e1", ed25519_key=str(keys / "ed25519.pem"))
    signers = load_signers(dkim, "veillee.example", root=keys)
    assert [(one.kind, one.selector) for one in signers] == [(KeyKind.RSA, "s1"), (KeyKind.ED25519, "e1")]


@pytest.mark.parametrize("newline", ["\n", "\\n"])
def test_a_key_may_stand_in_the_environment_also_on_one_line(keys: Path, newline: str) -> None:
    pem = (keys / "rsa.pem").read_text().replace("\n", newline)
    (signer,) = load_signers(DkimSettings(selector="s1", key=pem), "veillee.example", root=keys)
    assert public_record(signer) == public_record(_signer(keys))


def test_the_record_is_what_the_dns_must_say(keys: Path) -> None:
    record = public_record(_signer(keys))
    assert record.name == "s1._domainkey.veillee.example"
    assert record.value.startswith("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
    dkim = DkimSettings(selector="s1", key="rsa.pem", ed25519_selector="e1", ed25519_key="ed25519.pem")
    ed25519 = public_record(load_signers(dkim, "veillee.example", root=keys)[1])
    assert ed25519.name == "e1._domainkey.veillee.example"
    assert ed25519.value.startswith("v=DKIM1; k=ed25519; p=")
    assert len(ed25519.value) == len("v=DKIM1; k=ed25519; p=") + 44


def _signer(keys: Path) -> Signer:
    return load_signers(DkimSettings(selector="s1", key="rsa.pem"), "veillee.example", root=keys)[0]


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()


def refused(dkim: DkimSettings, root: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_signers(dkim, "veillee.example", root=root)
    return caught.value.message


def test_a_weak_key_is_refused(keys: Path) -> None:
    said = refused(DkimSettings(selector="s1", key=_pem(rsa.generate_private_key(65537, 1024))), keys)
    assert "VEILLEE_DKIM_KEY holds an RSA key of 1024 bits; 2048 to 4096 are allowed" in said
    assert "make one with: veillee dkim s1 (or: openssl genrsa -out dkim.pem 2048)" in said


def test_keys_of_another_kind_are_refused(keys: Path) -> None:
    curve = _pem(ec.generate_private_key(ec.SECP256R1()))
    assert "VEILLEE_DKIM_KEY holds a key of another kind; RSA is needed" in refused(
        DkimSettings(selector="s1", key=curve), keys
    )
    assert "RSA is needed" in refused(DkimSettings(selector="s1", key="ed25519.pem"), keys)
    said = refused(DkimSettings(selector="s1", key="rsa.pem", ed25519_selector="e1", ed25519_key="rsa.pem"), keys)
    assert "VEILLEE_DKIM_ED25519_KEY holds a key of another kind; Ed25519 is needed" in said
    assert "veillee dkim e1 --ed25519 (or: openssl genpkey -algorithm ed25519 -out dkim.pem)" in said


def test_a_key_behind_a_password_is_refused(keys: Path) -> None:
    pem = _pem(rsa.generate_private_key(65537, 2048), b"secret")
    assert "behind a password" in refused(DkimSettings(selector="s1", key=pem), keys)


def test_what_is_no_key_is_refused_and_never_shown(keys: Path) -> None:
    (keys / "empty.pem").write_text("")
    assert "VEILLEE_DKIM_KEY holds no private key in PEM form" in refused(
        DkimSettings(selector="s1", key="empty.pem"), keys
    )
    said = refused(DkimSettings(selector="s1", key="MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"), keys)
    assert "neither a PEM text nor the path of a file that can be read (No such file or directory)" in said
    assert "MIIEvQ" not in said
    assert "MIIEvQ" not in refused(DkimSettings(selector="s1", key="MIIEvQ" * 1000), keys)


def test_a_selector_without_its_key_says_how_to_make_one(keys: Path) -> None:
    said = refused(DkimSettings(selector="s1"), keys)
    assert said.startswith('VEILLEE_DKIM_SELECTOR is "s1", and VEILLEE_DKIM_KEY is not in the environment; ')
    assert said.endswith("make a key with: veillee dkim s1 (or: openssl genrsa -out dkim.pem 2048)")
    said = refused(DkimSettings(selector="s1", key="rsa.pem", ed25519_selector="e1"), keys)
    assert said.startswith('VEILLEE_DKIM_ED25519_SELECTOR is "e1", and VEILLEE_DKIM_ED25519_KEY is not')


def test_ed25519_never_signs_alone(keys: Path) -> None:
    said = refused(DkimSettings(ed25519_selector="e1", ed25519_key="ed25519.pem"), keys)
    assert "VEILLEE_DKIM_ED25519_SELECTOR is set without VEILLEE_DKIM_SELECTOR" in said


def test_two_keys_have_two_names(keys: Path) -> None:
    dkim = DkimSettings(selector="s1", key="rsa.pem", ed25519_selector="S1", ed25519_key="ed25519.pem")
    assert "give them two names" in refused(dkim, keys)


@pytest.mark.parametrize("selector", ["a b", "a;d=evil.example", "-a", "a.", "é", "a\r\nb", "x" * 200])
def test_a_name_that_the_dns_cannot_hold_is_refused(keys: Path, selector: str) -> None:
    assert "VEILLEE_DKIM_SELECTOR is" in refused(DkimSettings(selector=selector, key="rsa.pem"), keys)


@pytest.mark.parametrize("domain", ["no domain", "a;d=evil.example", "x@y.example", "a\r\nb.example"])
def test_a_domain_that_is_none_is_refused(keys: Path, domain: str) -> None:
    said = refused(DkimSettings(domain=domain, selector="s1", key="rsa.pem"), keys)
    assert "VEILLEE_DKIM_DOMAIN is" in said


def test_a_new_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "dkim" / "s1.pem"
    assert write_new_key(path, KeyKind.ED25519)
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not write_new_key(path, KeyKind.ED25519)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["s1.pem"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "dkim").write_text("a file stands where the folder should be")
    with pytest.raises(SourceError, match=r"s1\.pem: the key cannot be kept"):
        write_new_key(tmp_path / "dkim" / "s1.pem", KeyKind.ED25519)


def test_a_key_is_private_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_new_key(tmp_path / "s1.pem", KeyKind.ED25519)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "s1.pem").stat().st_mode) == 0o600
