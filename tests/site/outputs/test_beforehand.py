"""Digests that are worked out while the site is planned: those that rendering would work out, or none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pelican.generators import ArticlesGenerator, Generator

from tests.site.building import copied_site, settings_of
from veillee.site.content.once import settled_addresses
from veillee.site.outputs import beforehand
from veillee.site.outputs.beforehand import digests_beforehand
from veillee.site.outputs.digests import Digester
from veillee.site.reading import Session, open_session

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")


@pytest.fixture(autouse=True)
def _two_cores_for_small_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beforehand, "worker_count", lambda *_, **__: 2)


def planned(session: Session) -> None:
    writer = session.pelican._get_writer()
    for generator in session.generators:
        if hasattr(generator, "generate_output"):
            generator.generate_output(writer)


@pytest.mark.parametrize("theme", ["veillee", "simple"])
def test_they_are_those_of_the_contents_when_all_is_planned(tmp_path: Path, theme: str) -> None:
    with open_session(settings_of(copied_site("small", tmp_path), THEME=theme)) as session:
        session.read()
        contents = session.run.contents
        with digests_beforehand(contents, session.generators) as digests:
            planned(session)
            early = digests()
        with settled_addresses():
            late = {id(one): (one, Digester(str).item(one)) for one in contents}
    assert len(early) == len(contents) > 5
    assert early == late


def theirs(*_: Any, **__: Any) -> None:
    """What a plugin does when the site is written, which may change a content."""


class Theirs(Generator):  # type: ignore[misc]
    """A generator of a plugin."""

    generate_output = theirs


@pytest.mark.parametrize("way", ["a generator of its own", "a method of Pelican's class", "a method of one generator"])
def test_there_are_none_where_a_plugin_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    with open_session(settings_of(copied_site("small", tmp_path))) as session:
        session.read()
        if way == "a generator of its own":
            session.generators.append(Theirs(session.context, session.settings, "", "", ""))
        elif way == "a method of Pelican's class":
            monkeypatch.setattr(ArticlesGenerator, "generate_drafts", theirs)
        else:
            session.articles.generate_output = theirs
        with digests_beforehand(session.run.contents, session.generators) as digests:
            assert digests() == {}


def test_there_are_none_if_nobody_lives_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beforehand, "_digests_of", lambda _: os._exit(9))
    with open_session(settings_of(copied_site("small", tmp_path))) as session:
        session.read()
        with digests_beforehand(session.run.contents, session.generators) as digests:
            assert digests() == {}


def test_what_cannot_be_digested_is_left_out(tmp_path: Path) -> None:
    with open_session(settings_of(copied_site("small", tmp_path))) as session:
        session.read()
        first, *others = session.run.contents
        first.odd = object()
        with digests_beforehand(session.run.contents, session.generators) as digests:
            found = digests()
    assert found.keys() == {id(one) for one in others}
