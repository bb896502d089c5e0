"""A recipient's own headers and values: what was made is safe, and what is not safe is not made."""

from __future__ import annotations

import pytest

from veillee.delivery.message.filling import Filling
from veillee.errors import DeliveryError
from veillee.model import Token

ID = "<one@veillee.example>"
MAIL = "mailto:leave@veillee.example?subject=unsubscribe%20v1"
CLICK = "https://desk.veillee.example/leave/v1?a=1&b=2"


def filling(
    name: str = "Amina",
    address: str = "a@example.org",
    message_id: str = ID,
    mail: str = MAIL,
    click: str | None = None,
) -> Filling:
    return Filling(name, address, message_id, mail, click)


def test_by_mail_there_is_one_way_to_leave() -> None:
    one = filling()
    assert one.headers.decode() == (f"To: Amina <a@example.org>\r\nMessage-ID: {ID}\r\nList-Unsubscribe: <{MAIL}>\r\n")
    assert one.value(Token.UNSUBSCRIBE_URL) == MAIL


def test_with_a_desk_there_are_two_and_one_click_is_offered() -> None:
    one = filling(click=CLICK)
    assert one.headers.decode().endswith(
        f"List-Unsubscribe: <{CLICK}>,\r\n <{MAIL}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    assert one.value(Token.UNSUBSCRIBE_URL) == CLICK


def test_the_name_stands_without_the_spaces_around_it() -> None:
    assert filling(name="  Amina ").value(Token.RECIPIENT_NAME) == "Amina"
    assert filling(name="  ").headers.startswith(b"To: a@example.org\r\n")


LINE_ENDS = ["\r\nBcc: x@example.com", "\nBcc: x", "\rBcc: x", "\u2028x", "\x85x", "\x00", "\u202e"]


@pytest.mark.parametrize("hostile", LINE_ENDS)
@pytest.mark.parametrize("field", ["name", "address", "message_id", "mail", "click"])
def test_no_value_begins_another_header(field: str, hostile: str) -> None:
    usual = {"name": "Amina", "address": "a@example.org", "message_id": ID, "mail": MAIL, "click": CLICK}
    with pytest.raises(DeliveryError, match="control character"):
        filling(**{field: usual[field] + hostile})


@pytest.mark.parametrize(
    "values",
    [
        {"address": ""},
        {"address": "a b@example.org"},
        {"address": "a@example.org>, <b@example.org"},
        {"message_id": "one@veillee.example"},
        {"message_id": "<one> <two>"},
        {"message_id": f"<{'x' * 1000}@veillee.example>"},
        {"mail": "https://veillee.example"},
        {"mail": "mailto:a@example.org>, <https://evil.example"},
        {"mail": "mailto:a b@example.org"},
        {"click": "http://desk.veillee.example/leave"},
        {"click": "javascript:alert(1)"},
        {"click": "https://desk.veillee.example/>,<mailto:x"},
        {"click": f"https://desk.veillee.example/{'x' * 1000}"},
        {"click": ""},
    ],
)
def test_what_no_header_can_hold_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(DeliveryError, match="no header can hold"):
        filling(**values)


def test_an_address_beyond_ascii_is_written_as_a_url_may_be() -> None:
    one = filling(mail="mailto:départ@bücher.example?subject=unsubscribe")
    assert b"<mailto:d%C3%A9part@b%C3%BCcher.example?subject=unsubscribe>" in one.headers


def test_two_fillings_with_the_same_values_are_one() -> None:
    assert filling() == filling()
    assert filling() != filling(name="Bo")
