"""Reading what came back: each kind is known by its form, and no bytes whatever stop the reading."""

from __future__ import annotations

import time
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mailbox import samples
from tests.mailbox.samples import ID, TO, TOKEN, fields, mail, report
from veillee.mailbox.letter import BYTES_READ
from veillee.mailbox.reading import read_returned
from veillee.model.returned import Bounce, BounceKind, Complaint, Leave, Notice, Other

SENDER = "amina@example.org"


@pytest.mark.parametrize("name", samples.HARD)
def test_an_address_that_does_not_exist_is_a_hard_bounce(name: str) -> None:
    found = read_returned(samples.HARD[name])
    assert isinstance(found, Bounce)
    assert found.kind is BounceKind.HARD
    assert TO in found.traces.addresses


@pytest.mark.parametrize("name", samples.SOFT)
def test_what_says_nothing_of_the_address_is_a_soft_bounce(name: str) -> None:
    found = read_returned(samples.SOFT[name])
    assert isinstance(found, Bounce)
    assert found.kind is BounceKind.SOFT
    assert TO in found.traces.addresses


def test_a_bounce_carries_the_words_of_the_server() -> None:
    found = read_returned(samples.POSTFIX)
    assert isinstance(found, Bounce)
    assert found.status == "5.1.1"
    assert found.words == "550 5.1.1 <amina@example.org>: Recipient address rejected: User unknown"
    assert found.traces.message_ids == (ID,)
    in_french = read_returned(samples.FRENCH_IN_WORDS)
    assert isinstance(in_french, Bounce)
    assert in_french.words == "Le serveur distant a répondu : 550 5.1.1 Utilisateur inconnu"


@pytest.mark.parametrize("content", [samples.POSTFIX_DELAYED, samples.POSTFIX_DELIVERED])
def test_a_delay_or_a_success_is_a_notice(content: bytes) -> None:
    assert isinstance(read_returned(content), Notice)


def test_a_receipt_is_a_notice() -> None:
    receipt = samples.POSTFIX.replace(b"message/delivery-status", b"message/disposition-notification")
    assert read_returned(receipt) == Notice("a receipt: somebody opened or deleted a mail")


def test_where_one_of_several_recipients_got_it_the_address_works() -> None:
    both = fields("5.1.1", "smtp; 550 5.1.1 unknown") + "\n\n" + fields("2.0.0", action="delivered")
    assert isinstance(read_returned(report(both)), Notice)
    worse = fields("5.1.1", "smtp; 550 5.1.1 unknown") + "\n\n" + fields("5.2.2", "smtp; 552 full")
    found = read_returned(report(worse))
    assert isinstance(found, Bounce)
    assert found.kind is BounceKind.SOFT


@pytest.mark.parametrize(
    ("content", "addresses"),
    [(samples.COMPLAINT, (TO,)), (samples.COMPLAINT_HIDDEN, ()), (samples.HOTMAIL, (TO,))],
    ids=["arf", "redacted arf", "hotmail"],
)
def test_a_complaint_is_known_by_what_the_provider_left_of_the_message(
    content: bytes, addresses: tuple[str, ...]
) -> None:
    found = read_returned(content)
    assert isinstance(found, Complaint)
    assert found.traces.addresses == addresses
    assert found.traces.message_ids == (ID,)
    assert found.traces.tokens == (TOKEN,)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "other"])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    assert isinstance(read_returned(samples.complaint(kind)), Notice)


@pytest.mark.parametrize("name", samples.AUTOMATIC)
def test_an_automatic_reply_is_a_notice(name: str) -> None:
    assert read_returned(samples.AUTOMATIC[name]) == Notice("an automatic reply")


@pytest.mark.parametrize(
    "subject",
    [
        f"unsubscribe {TOKEN}",
        f"Re: unsubscribe {TOKEN}",
        f"unsubscribe {TOKEN.upper()}",
        f"unsubscribe+{TOKEN}",
        f"unsubscribe%20{TOKEN}",
        f"=?utf-8?q?unsubscribe_{TOKEN}?=",
        f"unsubscribe\n {TOKEN}",
        f"=?utf-8?q?unsubscribe_{TOKEN}=0ABcc:_x@example.com?=",
    ],
)
def test_a_token_in_the_subject_is_a_wish_to_leave(subject: str) -> None:
    found = read_returned(mail(subject, headers="Auto-Submitted: auto-generated\n"))
    assert isinstance(found, Leave)
    assert (found.token, found.sender) == (TOKEN, SENDER)
    assert found.subject.isprintable()


def test_a_token_in_a_quoted_mail_makes_nobody_leave() -> None:
    assert isinstance(read_returned(mail("Re: Une nuit", body=f"Merci !\n> Partir : unsubscribe {TOKEN}")), Other)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("unsubscribe", ""),
        ("Re: Unsubscribe please!", ""),
        ("STOP", ""),
        ("Désabonnez-moi svp", ""),
        ("=?utf-8?q?D=C3=A9sinscription?=", "Merci"),
        ("Re: Une nuit", "Se désabonner.\n\n> Bonjour"),
    ],
)
def test_a_wish_in_words_is_told_apart(subject: str, body: str) -> None:
    found = read_returned(mail(subject, body=body, headers="Content-Type: text/plain; charset=utf-8\n"))
    assert isinstance(found, Leave)
    assert found.token is None


@pytest.mark.parametrize("subject", ["Une question", "How to unsubscribe from noise?", "Stop the war on commas", ""])
def test_anything_else_is_for_a_person(subject: str) -> None:
    found = read_returned(mail(subject, body="Bonjour,\nje voudrais me désabonner un jour."))
    assert isinstance(found, Other)
    assert found.sender == SENDER


def test_what_is_shown_of_a_message_is_one_safe_line() -> None:
    found = read_returned(mail("=?utf-8?q?A=1B[2J=0D=0AB=E2=80=AE?=" + "x" * 5000))
    assert isinstance(found, Other)
    assert found.subject.startswith("A [2J B")
    assert found.subject.isprintable()
    assert len(found.subject) <= 200


def test_a_bounce_of_50_megabytes_is_known_by_its_beginning() -> None:
    huge = samples.POSTFIX[:-40] + b"x" * 50_000_000
    found = read_returned(huge[:BYTES_READ])
    assert isinstance(found, Bounce)
    assert found.kind is BounceKind.HARD


MOST_S = 15
"""Of one processor: what is read in linear time takes a second of a slow one, anything else minutes."""


@pytest.mark.parametrize("depth", [30, 500, 5000])
def test_a_message_nested_deeply_is_read_or_left_and_soon(depth: int) -> None:
    lines = [f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)]
    content = ("From: a@example.org\n" + "".join(lines) + "\n" * 100_000).encode()[:BYTES_READ]
    began_s = time.process_time()
    assert isinstance(read_returned(content), Other)
    assert time.process_time() - began_s < MOST_S


@pytest.mark.parametrize(
    "content",
    [
        b"From: mailer-daemon@example.org\n\n" + b"\n" * BYTES_READ,
        b"From: mailer-daemon@example.org\n\n" + b"\t\n<a@b>\n" * BYTES_READ,
        b"From: " + b"a" * BYTES_READ,
        b"X-Failed-Recipients: " + b"<" * BYTES_READ,
        b"From: mailer-daemon@example.org\nContent-Type: multipart/report; boundary=b\n\n" + b"--b\n\nx\n" * BYTES_READ,
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n"
        + b"\n" * BYTES_READ,
    ],
    ids=["lines", "tabs", "long header", "brackets", "parts", "blocks"],
)
def test_bytes_made_to_be_slow_are_read_soon_and_quietly(content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    began_s = time.process_time()
    read_returned(content[:BYTES_READ])
    assert time.process_time() - began_s < MOST_S
    assert capfd.readouterr() == ("", "")


def test_a_report_inside_of_many_forwards_is_left_for_a_person() -> None:
    message: MIMEMessage | MIMEMultipart = MIMEMultipart("report", report_type="delivery-status")
    for _ in range(100):
        message = MIMEMessage(message)
    found = read_returned(message.as_bytes())
    assert found == Other("more than 40 messages and multiparts stand inside it")


PIECES = st.sampled_from(
    [
        *(line + b"\n" for line in samples.POSTFIX.splitlines()),
        *(line + b"\n" for line in samples.COMPLAINT.splitlines()),
        *(line + b"\n" for line in samples.EXIM_OLD.splitlines()),
        *(line + b"\n" for line in mail(f"unsubscribe {TOKEN}").splitlines()),
        b"\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Type: text/plain; charset=\xff\n",
        b"Content-Type: multipart/digest; boundary=x\n\n--x\n",
        b"Subject: =?utf-7?b?////?= =?x?q?=?=\n",
        b"Action: \xff\xfe\nStatus: 9.9.9\n",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=40), max_size=80))
def test_no_bytes_stop_the_reading(pieces: list[bytes]) -> None:
    read_returned(b"".join(pieces))


@given(st.binary(max_size=2000))
def test_byte_soup_is_for_a_person(content: bytes) -> None:
    assert isinstance(read_returned(content), Other)
