"""The press, judged by the standard parser and by the plain way of making the same message."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.delivery.judges import BOTH, verdicts
from tests.delivery.samples import DIGEST, NOW, everything_in, parsed, texts, variant
from veillee.delivery.message.composing import make_stencil
from veillee.delivery.message.filling import Filling
from veillee.delivery.message.press import MessagePress
from veillee.delivery.message.stencil import Stencil
from veillee.model import Token

FROZEN = Path(__file__).parent / "frozen"
LEAVE = "mailto:leave@veillee.example?subject=unsubscribe%20v1.1.weekly.0&x='"
CLICK = "https://desk.veillee.example/leave/v1.1.weekly.0?a=1&b='2'"
AMINA = Filling("Amina <b>& Bo</b>", "amina@example.org", "<one@veillee.example>", LEAVE)
WITH_DESK = Filling("Amina", "amina@example.org", "<one@veillee.example>", LEAVE, CLICK)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.sampled_from(
    ["\n", "x" * 1200, "गाँव की कहानी " * 20, ".\nFrom me\n.", " \t\n", "=\n"]
)
PARTS = st.lists(TEXT | st.sampled_from(list(Token)), max_size=8).map(tuple)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\u202d\u202e="))


def pressed(filling: Filling, mark: str = "", **parts: object) -> bytes:
    stencil = make_stencil(variant(**parts), digest=DIGEST, date=NOW, mark=mark)
    return MessagePress(stencil, signed_at=NOW).message(filling)


@settings(max_examples=150, deadline=None)
@given(PARTS, PARTS, NAMES.map(lambda name: name[:150]), st.booleans())
@example((Token.UNSUBSCRIBE_URL, Token.UNSUBSCRIBE_URL), (Token.RECIPIENT_NAME,) * 3, ".", True)
@example(("गाँव " * 90, Token.RECIPIENT_NAME, "गाँव " * 90), ("गाँव", Token.RECIPIENT_NAME, "गाँव"), "From me", False)
def test_a_message_says_what_the_plain_way_says_in_lines_that_need_no_stuffing(
    plain: tuple[str | Token, ...], html: tuple[str | Token, ...], name: str, has_desk: bool
) -> None:
    filling = Filling(name, "amina@example.org", "<one@veillee.example>", LEAVE, CLICK if has_desk else None)
    message = pressed(filling, text=plain, html=html)
    assert _payload(message, 0) == _plainly(plain, filling)
    lines = message.split(b"\r\n")
    assert not any(line.startswith((b".", b"From ")) or b"\n" in line or b"\r" in line for line in lines)
    assert all(len(line) <= 76 for line in message.partition(b"\r\n\r\n")[2].split(b"\r\n"))


def _payload(message: bytes, index: int) -> str:
    raw = parsed(message).get_payload(index).get_payload(decode=True)  # type: ignore[union-attr]
    return raw.decode().replace("\r\n", "\n")  # type: ignore[union-attr]


def _plainly(parts: tuple[str | Token, ...], filling: Filling) -> str:
    parts_with_line_feeds = (
        filling.value(part) if isinstance(part, Token) else part.replace("\r\n", "\n").replace("\r", "\n")
        for part in parts
    )
    return "".join(parts_with_line_feeds)


def test_the_link_in_both_parts_is_the_desks_where_there_is_one() -> None:
    plain, html = texts(pressed(WITH_DESK))
    assert CLICK in plain
    assert CLICK.replace("&", "&amp;").replace("'", "&#x27;") in html
    assert LEAVE not in plain + html
    assert LEAVE in texts(pressed(AMINA))[0]


def test_both_ways_to_leave_are_in_the_headers_and_the_post_is_announced() -> None:
    message = parsed(pressed(WITH_DESK))
    assert message["List-Unsubscribe"] == f"<{CLICK}>, <{LEAVE}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Post"] is None
    assert parsed(pressed(AMINA))["List-Unsubscribe-Post"] is None


def test_a_trial_is_marked_in_its_subject_and_by_a_header() -> None:
    message = parsed(pressed(AMINA, mark="[test fr] "))
    assert message["Subject"] == "[test fr] Une nuit à l’atelier"
    assert message["X-Veillee-Test"] == "yes"
    assert parsed(pressed(AMINA))["X-Veillee-Test"] is None


def test_every_header_stands_once() -> None:
    names = [line.partition(":")[0] for line in everything_in(pressed(WITH_DESK, mark="[test] "))]
    assert len(names) == len(set(names))


def test_a_batch_is_one_message_after_the_other() -> None:
    press = MessagePress(make_stencil(variant(), digest=DIGEST, date=NOW), BOTH, signed_at=NOW)
    assert press.messages([AMINA, WITH_DESK]) == [press.message(AMINA), press.message(WITH_DESK)]
    assert press.messages([]) == []


@pytest.mark.parametrize("script", ["latin", "hindi"])
def test_an_edition_that_the_version_before_froze_is_still_sent(script: str) -> None:
    frozen = (FROZEN / f"stencil-1-{script}.json").read_text(encoding="utf-8")
    stencil = Stencil.from_json(frozen)
    message = MessagePress(stencil, BOTH, signed_at=NOW).message(WITH_DESK)
    assert verdicts(message) == [True, True]
    read = parsed(message)
    assert read["To"] == "Amina <amina@example.org>"
    assert read["Message-ID"] == "<one@veillee.example>"
    assert read["Reply-To"] == "reponse@veillee.example"
    assert read["List-Unsubscribe"] == f"<{CLICK}>, <{LEAVE}>"
    plain, html = texts(message)
    assert "Amina" in plain
    assert CLICK in plain
    assert html.startswith("<p>Bonjour Amina</p>")
    assert Stencil.from_json(stencil.to_json()) == stencil


def test_the_version_before_froze_what_this_one_makes() -> None:
    frozen = Stencil.from_json((FROZEN / "stencil-1-latin.json").read_text(encoding="utf-8"))
    now = make_stencil(variant(), digest=DIGEST, date=NOW)
    assert frozen.headers.replace(b"Reply-To: reponse@veillee.example\r\n", b"") == now.headers
    assert frozen.body == now.body


def test_a_stencil_of_a_version_to_come_is_not_guessed_at() -> None:
    from veillee.errors import DeliveryError

    newer = make_stencil(variant(), digest=DIGEST, date=NOW).to_json().replace('"version":2', '"version":3')
    with pytest.raises(DeliveryError, match="ledger"):
        Stencil.from_json(newer)
