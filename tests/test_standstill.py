"""The look at what the last build left: alone, or by two processes, it sees the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from veillee import standstill
from veillee.standstill import SETTLED_NS, Look, Standstill, look_back

COMMAND = ["build"]
FAR_NS = 2**62


@pytest.fixture(params=[1, 1_000_000], ids=["two processes", "alone"])
def look(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Look | None]:
    """Looks back at a build of `in/` that wrote `out/`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(standstill, "MANY_FILES", request.param)
    monkeypatch.setattr(standstill, "_around", list)  # pytest says in the environment how far a test is
    for name in ("in/a.md", "in/b.md", "out/a.html", "out/b.html"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("was", encoding="utf-8")
    Path("var/build").mkdir(parents=True)
    time.sleep(2 * SETTLED_NS / 1e9)
    kept = Standstill("var", COMMAND, folders=["in"], files=[], but=[], began_ns=time.time_ns())
    kept.keep(["out/a.html", "out/b.html"], until_ns=FAR_NS, said=("still", ""), mark=b"m", call=("", {}, False))
    return lambda: look_back(COMMAND)


def test_where_nothing_has_changed_that_is_seen(look: Callable[[], Look | None]) -> None:
    found = look()
    assert found is not None
    assert (found.changed, found.said) == ((), "still")


@pytest.mark.parametrize("name", ["out/a.html", "out/b.html"])
def test_a_file_that_was_written_and_is_another_now_is_seen(name: str, look: Callable[[], Look | None]) -> None:
    Path(name).write_text("other", encoding="utf-8")
    assert look() is None


def test_a_file_that_was_written_and_is_gone_is_seen(look: Callable[[], Look | None]) -> None:
    Path("out/b.html").unlink()
    assert look() is None


def test_sources_that_are_new_or_others_are_named(look: Callable[[], Look | None]) -> None:
    Path("in/b.md").write_text("other", encoding="utf-8")
    Path("in/c.md").write_text("new", encoding="utf-8")
    found = look()
    assert found is not None
    assert found.changed == ("in/b.md", "in/c.md")


def test_a_source_that_is_gone_is_seen(look: Callable[[], Look | None]) -> None:
    Path("in/b.md").unlink()
    assert look() is None


def test_who_dies_while_looking_has_seen_nothing(
    look: Callable[[], Look | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = standstill._looked_at

    def fail(roots: tuple[list[str], list[str]], but: list[str]) -> standstill.Found:
        if roots[1]:
            raise ValueError
        return seen(roots, but)

    monkeypatch.setattr(standstill, "_looked_at", fail)
    assert look() is None
