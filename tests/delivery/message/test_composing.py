"""Messages judged by the standard parser: headers, bodies, hostile names and subjects."""

from __future__ import annotations

import email.utils
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.delivery.samples import DIGEST, NOW, SECRET, everything_in, parsed, texts, variant
from veillee.delivery.message.composing import compose_message, make_stencil, message_id_for
from veillee.delivery.message.stencil import Stencil
from veillee.errors import DeliveryError
from veillee.model import Mailbox, Token

AMINA = Mailbox("Amina", "amina@example.org")
LEAVE = "mailto:leave@veillee.example?subject=unsubscribe%20v1.1.weekly.0&x='"
ID = message_id_for(DIGEST, "2026-W47", "amina@example.org", secret=SECRET)

HEADERS = [
    "From",
    "Subject",
    "Date",
    "List-ID",
    "Feedback-ID",
    "Auto-Submitted",
    "Precedence",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
    "To",
    "Message-ID",
    "List-Unsubscribe",
]


def compose(recipient: Mailbox = AMINA, subject: str = "Une nuit", lang: str = "fr", **parts: object) -> bytes:
    return compose_message(
        variant(lang, subject, **parts),
        digest=DIGEST,
        recipient=recipient,
        date=NOW,
        message_id=ID,
        unsubscribe_url=LEAVE,
    )


def test_a_message_has_every_header_once_and_no_other() -> None:
    assert parsed(compose()).keys() == HEADERS


def test_headers_say_what_they_should() -> None:
    message = parsed(compose(subject="L’heure d’été : ça change"))
    assert message["From"] == "La Veillée <veillee@veillee.example>"
    assert message["To"] == "Amina <amina@example.org>"
    assert message["Subject"] == "L’heure d’été : ça change"
    assert email.utils.parsedate_to_datetime(message["Date"]) == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert message["Message-ID"] == ID
    assert str(message["List-ID"]).endswith("<weekly.veillee.example>")
    assert message["List-Unsubscribe"] == f"<{LEAVE}>"
    assert message["Feedback-ID"] == "2026-W47:weekly:veillee.example:veillee"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"


def test_nothing_offers_one_click_where_nothing_answers() -> None:
    assert b"List-Unsubscribe-Post" not in compose()
    assert b"https" not in compose()


def test_both_parts_are_there_and_hold_the_recipients_own_words() -> None:
    plain, html = texts(compose(Mailbox("Amina & <b>Bo</b>", "amina@example.org")))
    assert plain == f"Bonjour Amina & <b>Bo</b>\n\nPartir : {LEAVE}\n"
    assert html == (
        "<p>Bonjour Amina &amp; &lt;b&gt;Bo&lt;/b&gt;</p>\n"
        f'<a href="{LEAVE.replace("&", "&amp;").replace(chr(39), "&#x27;")}">Partir</a>\n'
    )


def test_a_reply_address_is_a_header_of_its_own() -> None:
    digest = replace(DIGEST, reply_to="Bonjour@Bücher.example")
    message = compose_message(variant(), digest=digest, recipient=AMINA, date=NOW, message_id=ID, unsubscribe_url=LEAVE)
    assert parsed(message)["Reply-To"] == "Bonjour@xn--bcher-kva.example"


def test_the_message_id_is_the_same_for_every_attempt_and_another_for_every_recipient() -> None:
    again = message_id_for(DIGEST, "2026-W47", "amina@example.org", secret=SECRET)
    others = [
        message_id_for(DIGEST, "2026-W47", "bo@example.org", secret=SECRET),
        message_id_for(DIGEST, "2026-W48", "amina@example.org", secret=SECRET),
        message_id_for(DIGEST, "2026-W47", "amina@example.org", secret=b"another"),
    ]
    assert again == ID
    assert ID not in others
    assert "amina" not in ID


def test_equal_input_gives_equal_bytes() -> None:
    assert compose() == compose()


@pytest.mark.parametrize(
    "hostile",
    [
        "a\nBcc: x@example.com",
        "a\rBcc: x@example.com",
        "a\r\n\r\n<p>body</p>",
        "a\x00b",
        "a\x0bb",
        "a\x85b",
        "a\u2028Bcc: x@example.com",
        "a\u202eb",
        "=?UTF-8?Q?=0A?=Bcc: x@example.com",
        "=?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5jb20=?=",
        "ok =?iso-8859-1?q?=0d=0aBcc:_x@example.com?=",
    ],
)
def test_no_field_lets_a_second_header_in(hostile: str) -> None:
    with pytest.raises(DeliveryError, match="control character"):
        compose(subject=hostile)
    with pytest.raises(DeliveryError, match="control character"):
        compose(Mailbox(hostile, "amina@example.org"))


@pytest.mark.parametrize(
    "address", ["amina@example.org\r\nBcc: x@example.com", "amina", "a@b@c.example", "<amina@example.org>", ""]
)
def test_what_is_not_an_address_gets_no_message(address: str) -> None:
    with pytest.raises(DeliveryError):
        compose(Mailbox("Amina", address))


@pytest.mark.parametrize(
    "subject",
    ["=?x", "=?UTF-8?Q?hello?=", "=?nonsense?q?=0A?=", "?==?", "Q=0ABcc: x", "%0aBcc: x", "\\r\\nBcc: x", "a" * 2000],
)
def test_what_only_looks_like_a_trick_is_shown_as_it_was_typed(subject: str) -> None:
    message = compose(subject=subject)
    assert parsed(message)["Subject"] == subject
    assert parsed(message).keys() == HEADERS


@pytest.mark.parametrize(
    "name",
    [
        'Ann "the boss" O\'Neil, Jr.',
        "back\\slash",
        "a@b.example, c@d.example <e@f.example>",
        "Zoë 🦊",
        "عمر بن الخطاب",
        "अमीना शर्मा",
        "👩\u200d🚀",
        "x" * 200,
        "=?UTF-8?Q?abc?=",
        "(comment)",
        "undisclosed-recipients:;",
    ],
)
def test_names_of_the_world_arrive_whole(name: str) -> None:
    message = compose(Mailbox(name, "amina@example.org"))
    (recipient,) = parsed(message)["To"].addresses
    assert (recipient.display_name, recipient.addr_spec) == (name, "amina@example.org")
    assert texts(message)[0].startswith(f"Bonjour {name}\n")


def test_a_name_too_long_for_one_encoded_word_is_cut_between_characters() -> None:
    name = "é" * 200
    (line,) = (line for line in everything_in(compose(Mailbox(name, "amina@example.org"))) if line.startswith("To: "))
    phrase = line.removeprefix("To: ").removesuffix(" <amina@example.org>")
    assert str(make_header(decode_header(phrase))) == name


@pytest.mark.parametrize("word", ["é", "अ", "👩\u200d🚀", "Zoé ", "plain words ", 'a "b" ', "=?UTF-8?Q?abc?= "])
@pytest.mark.parametrize("length", [1, 30, 60, 100, 2000])
def test_a_name_of_any_length_stands_in_lines_that_every_reader_takes(word: str, length: int) -> None:
    name = (word * length)[:length].strip()
    message = compose(Mailbox(name, f"{'z' * 60}@example.org"))
    start = message.index(b"\r\nTo: ") + 2
    to = message[start : message.index(b"\r\nMessage-ID")].decode()
    assert to.endswith(f" <{'z' * 60}@example.org>")
    assert max(map(len, to.split("\r\n"))) <= (78 if "=?" in to else 802)
    assert all(len(encoded) <= 75 for encoded in re.findall(r"=\?utf-8\?\S*\?=", to))
    phrase = to.removeprefix("To: ").rpartition("<")[0].replace("\r\n", "").strip()
    assert _unquoted(str(make_header(decode_header(phrase)))) == name


def _unquoted(phrase: str) -> str:
    is_quoted = phrase.startswith('"') and phrase.endswith('"')
    return re.sub(r"\\(.)", r"\1", phrase[1:-1]) if is_quoted else phrase


def test_an_international_domain_travels_in_ascii() -> None:
    message = compose(Mailbox("", "zoe@bücher.example"))
    assert b"\r\nTo: zoe@xn--bcher-kva.example\r\n" in message
    message.decode("ascii")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
SUBJECT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\u202d\u202e"))
PARTS = st.lists(TEXT | st.sampled_from(list(Token)), max_size=6).map(tuple)


@settings(max_examples=80, deadline=None)
@given(PARTS, PARTS, SUBJECT, SUBJECT.map(lambda name: name[:150]))
@example(("a ", Token.RECIPIENT_NAME, " b"), ("\n",), "s", "n")
@example(("x" * 1200, Token.UNSUBSCRIBE_URL), ("." * 3 + "\n.\nFrom me\n",), "x " * 600, " ")
@example(
    ("हिन्दी " * 80, Token.RECIPIENT_NAME, "\r\nहिन्दी"), (Token.RECIPIENT_NAME, Token.RECIPIENT_NAME), "हिन्दी" * 40, "ह"
)
@example(("tab\t\n space \n",), ("=3D =\n",), "=", "=")
def test_whatever_was_written_arrives_in_lines_that_every_server_takes(
    plain: tuple[str | Token, ...], html: tuple[str | Token, ...], subject: str, name: str
) -> None:
    try:
        message = compose(Mailbox(name, "amina@example.org"), subject, text=plain, html=html)
    except DeliveryError:
        assert "=?" in subject + name
        return
    assert parsed(message).keys() == HEADERS
    assert len(list(everything_in(message))) == len(HEADERS)
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in message.split(b"\r\n"))
    message.decode("ascii")
    assert parsed(message)["Subject"] == subject.strip()
    said = {Token.RECIPIENT_NAME: name.strip(), Token.UNSUBSCRIBE_URL: LEAVE}
    wanted = "".join(said[part] if isinstance(part, Token) else part for part in plain)
    assert _payload(message, 0) == _with_line_feeds(wanted)


def _payload(message: bytes, index: int) -> str:
    part = parsed(message).get_payload(index)
    raw = part.get_payload(decode=True)  # type: ignore[union-attr]
    return raw.decode().replace("\r\n", "\n")  # type: ignore[union-attr]


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=50, deadline=None)
@given(PARTS, PARTS)
def test_a_stencil_comes_back_from_the_ledger_as_it_went_in(
    plain: tuple[str | Token, ...], html: tuple[str | Token, ...]
) -> None:
    stencil = make_stencil(variant(text=plain, html=html), digest=DIGEST, date=NOW)
    assert Stencil.from_json(stencil.to_json()) == stencil


def test_a_stencil_that_was_spoilt_is_not_sent() -> None:
    for spoilt in ("", "{}", '[["hole","to"]]', '[["hole","x","header"]]', "[[]]", '[["what",1]]'):
        with pytest.raises(DeliveryError, match="ledger"):
            Stencil.from_json(spoilt)


@pytest.mark.parametrize(
    ("text", "encoding"), [("Un été à l’atelier de nuit. " * 50, "quoted-printable"), ("गाँव " * 50, "base64")]
)
def test_the_encoding_fits_the_script(text: str, encoding: str) -> None:
    part = parsed(compose(text=(text,))).get_body(("plain",))
    assert part is not None
    assert part["Content-Transfer-Encoding"] == encoding
