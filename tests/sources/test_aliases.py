"""Old addresses, as Hugo, Jekyll and people write them."""

from __future__ import annotations

import pytest

from tests.sources.reading import STRICT, faults_of, post_of


def aliases_of(typed: str) -> list[str]:
    post = post_of(f"---\ntitle: x\nauthor: amina\naliases: {typed}\n---\ntext", rules=STRICT)
    return [path for path, _ in post.aliases]


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("/2024/picnic.html", ["2024/picnic.html"]),
        ("[/2024/picnic/, picnic, picnic.html]", ["2024/picnic/index.html", "picnic/index.html", "picnic.html"]),
        ("[a.html, /a.html]", ["a.html"]),
        ("https://old.example/caf%C3%A9.html", ["café.html"]),
        ("[]", []),
        ("", []),
    ],
)
def test_an_old_address_becomes_an_output_path(typed: str, paths: list[str]) -> None:
    assert aliases_of(typed) == paths


@pytest.mark.parametrize(
    "typed", ["../secret.html", "/", "a/../../b", "a//b", "'c:\\\\x'", "https://old.example", "a/%2e%2e/b"]
)
def test_an_address_that_leaves_the_site_is_a_fault(typed: str) -> None:
    faults = faults_of(f"---\ntitle: x\nauthor: amina\naliases:\n  - {typed}\n---\ntext", rules=STRICT)
    assert len(faults) == 1
    assert faults[0].startswith("2026-11-20-a.md:5: aliases has ")


def test_each_old_address_has_its_line() -> None:
    post = post_of("---\ntitle: x\nauthor: amina\naliases:\n  - /a\n  - /b\n---\ntext", rules=STRICT)
    assert post.aliases == (("a/index.html", 5), ("b/index.html", 6))
