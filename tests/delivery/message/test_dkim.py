"""Signatures judged by dkimpy: they hold for whatever was written, and break when anything that counts is changed."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.delivery.judges import BOTH, ED25519, RSA, new_signer, verdicts
from tests.delivery.samples import DIGEST, NOW, variant
from veillee.delivery.message.composing import make_stencil
from veillee.delivery.message.dkim_keys import KeyKind
from veillee.delivery.message.filling import Filling
from veillee.delivery.message.press import MessagePress
from veillee.errors import DeliveryError
from veillee.model import Token

LEAVE = "mailto:leave@veillee.example?subject=unsubscribe%20v1.1.weekly.0"
CLICK = "https://desk.veillee.example/leave/v1.1.weekly.0"
HINDI = ("नमस्ते ", Token.RECIPIENT_NAME, "\n" + "इस सप्ताह की कहानी आ गई है। " * 40, Token.UNSUBSCRIBE_URL, "\n")
SIGNED = (
    *("From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"),
)


def filling(name: str = "Zoé", address: str = "zoe@example.org", click: str | None = CLICK) -> Filling:
    return Filling(name, address, "<one@veillee.example>", LEAVE, click)


def signed(
    one: Filling | None = None, subject: str = "Une nuit", signers: object = BOTH, at: datetime = NOW, **parts: object
) -> bytes:
    stencil = make_stencil(variant("fr", subject, **parts), digest=DIGEST, date=NOW)
    return MessagePress(stencil, signers, signed_at=at).message(one or filling())  # type: ignore[arg-type]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\u202d\u202e"))
PARTS = st.lists(TEXT | st.sampled_from(list(Token)), max_size=5).map(tuple)


@settings(max_examples=60, deadline=None)
@given(WORDS.map(lambda name: name[:150]), WORDS, PARTS, PARTS, st.booleans())
@example("", "", (), (), False)
@example('Ann "the boss" O\'Neil, Jr.', "  two  spaces  ", (" \r\n \r\n\r\n",), ("x" * 3000,), True)
@example("अमीना शर्मा " * 10, "हिन्दी " * 40, HINDI, (Token.RECIPIENT_NAME,), True)
@example("عمر بن الخطاب", "👩\u200d🚀 " * 30, (".\n.\nFrom me\n",), ("=3D =\n\t \n",), False)
@example("=?UTF-8?Q?abc?=", "=?UTF-8?Q?abc?= ; b=; bh=", ("DKIM-Signature: b=1\n",), ("b=",), True)
def test_the_judge_accepts_both_signatures_of_whatever_was_written(
    name: str, subject: str, plain: tuple[str | Token, ...], html: tuple[str | Token, ...], has_desk: bool
) -> None:
    try:
        message = signed(filling(name, click=CLICK if has_desk else None), subject, text=plain, html=html)
    except DeliveryError:
        assert "=?" in subject + name
        return
    assert verdicts(message) == [True, True]


def test_a_recipient_whose_address_is_not_ascii_has_a_signed_message_too() -> None:
    message = signed(filling(address="zoé@example.org"))
    assert "\r\nTo: =?utf-8?q?Zo=C3=A9?= <zoé@example.org>\r\n".encode() in message
    assert verdicts(message) == [True, True]


def test_the_signatures_stand_first_rsa_before_the_other() -> None:
    message = signed().decode()
    assert [*re.findall(r"^DKIM-Signature: v=1; a=([^;]*); c=relaxed/simple;", message, re.MULTILINE)] == [
        "rsa-sha256",
        "ed25519-sha256",
    ]
    assert message.startswith("DKIM-Signature: ")
    assert message.index("From: ") > message.rindex("DKIM-Signature: ")


@pytest.mark.parametrize("kind", list(KeyKind))
def test_another_key_under_the_same_name_is_not_believed(kind: KeyKind) -> None:
    forger = new_signer(kind)
    honest = RSA if kind is KeyKind.RSA else ED25519
    assert (forger.selector, forger.domain) == (honest.selector, honest.domain)
    assert verdicts(signed(signers=(forger,)), (honest,)) == [False]
    assert verdicts(signed(signers=(honest,)), (honest,)) == [True]


def test_nothing_is_signed_without_a_key() -> None:
    assert b"DKIM" not in signed(signers=())
    assert signed().endswith(signed(signers=()))


def test_whole_messages_are_signed_and_for_good() -> None:
    for header in _signature_headers(signed()):
        assert not re.search(r"\b[lx]=\d", header)


def test_signature_lines_fit_every_screen() -> None:
    for header in _signature_headers(signed()):
        assert all(len(line) <= 78 for line in header.split("\r\n"))


def test_every_header_that_is_signed_is_named_once_more_than_it_is_there() -> None:
    message = signed()
    present = [line.partition(b":")[0].decode() for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n")]
    for header in _signature_headers(message):
        names = "".join(re.findall(r" h=([^;]*);", header)[0].split()).split(":")
        assert set(names) == set(SIGNED)
        assert all(names.count(name) > present.count(name) for name in SIGNED)


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("place", ["first", "last"])
def test_nobody_adds_another_of_a_signed_header(name: str, place: str) -> None:
    message = signed(filling(click=None))
    head, _, body = message.partition(b"\r\n\r\n")
    extra = f"{name}: Somebody <x@example.com>".encode()
    forged = [extra, head] if place == "first" else [head, extra]
    assert verdicts(b"\r\n".join(forged) + b"\r\n\r\n" + body) == [False, False]


@pytest.mark.parametrize("name", [name for name in SIGNED if name not in ("Reply-To", "Cc")])
def test_nobody_changes_or_removes_a_signed_header(name: str) -> None:
    message = signed()
    start = message.index(f"\r\n{name}: ".encode()) + 2
    end = re.compile(rb"\r\n(?![ \t])").search(message, start)
    assert end
    changed = message[: end.start()] + b"x" + message[end.start() :]
    removed = message[:start] + message[end.end() :]
    assert verdicts(message) == [True, True]
    assert verdicts(changed) == [False, False]
    assert verdicts(removed) == [False, False]


BODY = signed().partition(b"\r\n\r\n")[2]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_nobody_changes_a_byte_of_the_body(place: int, change: int) -> None:
    head = signed().partition(b"\r\n\r\n")[0]
    forged = bytearray(BODY)
    forged[place] ^= change
    assert verdicts(head + b"\r\n\r\n" + bytes(forged)) == [False, False]


def test_nobody_adds_to_the_body() -> None:
    assert verdicts(signed() + b"Buy now\r\n") == [False, False]


def test_what_relays_add_does_no_harm() -> None:
    added = b"Return-Path: <x@example.org>\r\nReceived: from a by b;\r\n Fri, 20 Nov 2026 07:00:00 +0000\r\n"
    assert verdicts(added + signed()) == [True, True]


def test_every_attempt_has_the_same_bytes_and_the_time_of_signing_is_the_one_given() -> None:
    assert signed() == signed()
    later = signed(at=NOW + timedelta(seconds=5))
    assert later != signed()
    assert [f" t={int(NOW.timestamp()) + 5};" in header for header in _signature_headers(later)] == [True, True]


def test_threads_may_share_a_press() -> None:
    stencil = make_stencil(variant(text=HINDI), digest=DIGEST, date=NOW)
    press = MessagePress(stencil, BOTH, signed_at=NOW)
    fillings = [filling(f"Reader {number}") for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(press.message, fillings))
    assert at_once == press.messages(fillings)
    assert len(set(at_once)) == len(fillings)
    assert verdicts(at_once[-1]) == [True, True]


def test_a_time_in_any_zone_is_the_same_instant() -> None:
    assert signed(at=NOW.astimezone(UTC)) == signed()


def _signature_headers(message: bytes) -> list[str]:
    head = message.partition(b"\r\n\r\n")[0].decode()
    return re.findall(r"^DKIM-Signature:[^\r\n]*(?:\r\n[ \t][^\r\n]*)+", head, re.MULTILINE)
