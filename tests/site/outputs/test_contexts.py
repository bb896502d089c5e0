"""What each page sees, whatever becomes of the context that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from veillee.site.outputs.contexts import Bases, SharedContext

OWN = frozenset({"output_file", "localsiteurl"})


def a_page(shared: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    """Pelican's copy for one page."""
    return {**shared, "output_file": name, **more}


def test_a_page_sees_its_own_names_and_those_of_all() -> None:
    shared = SharedContext(A=1, B=2, localsiteurl="")
    page = a_page(shared, "one.html", B=3)
    seen = Bases(shared).of(page, OWN | {"B"})
    assert seen.whole() == page == dict(seen)
    assert (seen["A"], seen.get("B"), seen.get("C", 9), "C" in seen, len(seen)) == (1, 3, 9, False, 4)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda shared: shared.__setitem__("A", 5), id="set"),
        pytest.param(lambda shared: shared.update(A=5, C=6), id="update"),
        pytest.param(lambda shared: shared.pop("A"), id="pop"),
        pytest.param(lambda shared: shared.__delitem__("A"), id="delete"),
        pytest.param(lambda shared: shared.setdefault("C", 6), id="set as default"),
        pytest.param(lambda shared: shared.__ior__({"A": 5}), id="merge"),
        pytest.param(lambda shared: shared.popitem(), id="pop any"),
        pytest.param(lambda shared: shared.clear(), id="clear"),
    ],
)
def test_a_page_keeps_what_it_saw_when_it_was_asked_for(change: Callable[[SharedContext], object]) -> None:
    shared = SharedContext(A=1, B=2, localsiteurl="")
    bases = Bases(shared)
    first = a_page(shared, "one.html")
    seen = bases.of(first, OWN)
    change(shared)
    second = a_page(shared, "two.html")
    assert bases.of(second, OWN).whole() == second
    assert seen.whole() == first


def test_the_address_that_each_page_has_of_its_own_parts_nothing() -> None:
    shared = SharedContext(A=1, localsiteurl="")
    bases = Bases(shared)
    first = a_page(shared, "one.html")
    seen = bases.of(first, OWN)
    shared["localsiteurl"] = ".."
    assert seen.whole() == first


@pytest.mark.parametrize("shared", [SharedContext(A=1, B=2), {"A": 1, "B": 2}], ids=["ours", "Pelican's own"])
def test_a_page_that_sees_less_than_others_does_so(shared: dict[str, Any]) -> None:
    page = {"A": 1, "output_file": "one.html", "X": 1}
    assert Bases(shared).of(page, OWN | {"X"}).whole() == page
