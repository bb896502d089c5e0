"""Return paths: whose a bounce is, and that nobody can invent one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from veillee.delivery.message.return_path import ReturnPath, read_return_path, return_path

KEY = b"a key that is long enough"


@given(st.integers(0, 2**53))
def test_a_return_path_says_whose_it_is_in_any_case(number: int) -> None:
    address = return_path("bounces@example.org", number, "<m@x>", key=KEY)
    assert len(address.partition("@")[0]) <= 64
    for spelling in (address, address.upper(), f"Return to <{address}>"):
        found = read_return_path(spelling)
        assert found is not None
        assert found.delivery_id == number
        assert found.is_signed("<m@x>", keys=[b"another key", KEY])


def test_a_return_path_of_another_delivery_or_key_is_not_believed() -> None:
    found = read_return_path(return_path("bounces@example.org", 12, "<m@x>", key=KEY))
    assert found is not None
    assert not found.is_signed("<another@x>", keys=[KEY])
    assert not found.is_signed("<m@x>", keys=[b"another key"])
    assert not ReturnPath(13, found.signature).is_signed("<m@x>", keys=[KEY])


def test_an_address_without_one_has_none() -> None:
    assert read_return_path("bounces+hello@example.org") is None
    assert read_return_path("bounces@example.org") is None
