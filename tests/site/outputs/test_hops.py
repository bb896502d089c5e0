"""What a template gets of an object is what Jinja gives, whoever notes it."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, Environment
from jinja2.sandbox import SandboxedEnvironment

from veillee.site.outputs.hops import follow_hops


class Thing:
    """Has an attribute and an item of one name, and a property that stumbles over another one that is missing."""

    name = "attribute"

    def __getitem__(self, key: str) -> str:
        if key in ("name", "item", "stumbling"):
            return f"item {key}"
        raise KeyError(key)

    @property
    def stumbling(self) -> Any:
        return self.of_nobody  # type: ignore[attr-defined]


SOURCE = """{{ thing.name }} {{ thing["name"] }} {{ thing.item }} {{ thing.stumbling }} {{ thing.gone is defined }}
{{ {"a": 1}.a }} {{ {"items": 1}.items is callable }} {{ 1.real }} {{ "x".upper() }} {{ [1].b is defined }}
{{ thing.__class__ }}"""


@pytest.mark.parametrize("kind", [Environment, SandboxedEnvironment])
def test_it_is_the_same_with_and_without_notes(kind: type[Environment]) -> None:
    plain, noting = (kind(loader=DictLoader({"page": SOURCE})) for _ in range(2))
    follow_hops(noting)
    follow_hops(noting)
    expected, found = (one.get_template("page").render(thing=Thing()) for one in (plain, noting))
    assert found == expected
    assert expected.startswith("attribute item name item item item stumbling False\n1 True 1 X False")
