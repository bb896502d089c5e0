"""A small site as readers get it, kept as golden files: pages, feeds, and a message as it leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.golden import HtmlFile, JsonFile, MessageFile, XmlFile
from tests.render.newsletter.samples import WEEKLY_SECTIONS, a_community, composed, our_templates
from tests.site.building import copied_site
from veillee.delivery.message.composing import compose_message
from veillee.model import Mailbox
from veillee.render.newsletter import render_variant
from veillee.site.building import build_site
from veillee.site.settings import load_settings

pytestmark = pytest.mark.golden


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the small site."""
    site = copied_site("small", tmp_path_factory.mktemp("golden"))
    report = build_site(load_settings(site / "pelicanconf.py", overrides={"VEILLEE_NOW": "2026-11-20T09:00"}))
    assert report.faults == ()
    return site / "output"


PAGES = ("index", "en/index", "stories/nuit", "questions/compter", "questions/index", "buzz/index", "members/amina")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.replace("/", "-"))
def test_the_page_is_as_it_was(small_site: Path, page: str, snapshot: SnapshotAssertion) -> None:
    assert (small_site / f"{page}.html").read_text(encoding="utf-8") == snapshot(extension_class=HtmlFile)


@pytest.mark.parametrize("form", ["all.rss.xml", "all.atom.xml", "all.opml"])
def test_the_feed_is_as_it_was(small_site: Path, form: str, snapshot: SnapshotAssertion) -> None:
    assert (small_site / "feeds" / form).read_text(encoding="utf-8") == snapshot(extension_class=XmlFile)


def test_the_json_feed_is_as_it_was(small_site: Path, snapshot: SnapshotAssertion) -> None:
    assert (small_site / "feeds/all.json").read_text(encoding="utf-8") == snapshot(extension_class=JsonFile)


def test_the_message_is_as_it_was(snapshot: SnapshotAssertion) -> None:
    edition = composed(*WEEKLY_SECTIONS, lang="fr")
    message = compose_message(
        render_variant(edition, community=a_community(), templates=our_templates("weekly")),
        digest=edition.digest,
        recipient=Mailbox("Zoé Ång", "zoe@example.org"),
        date=datetime(2026, 11, 20, 7, tzinfo=UTC),
        message_id="<one@veillee.example>",
        unsubscribe_url="mailto:leave@veillee.example?subject=unsubscribe",
    )
    assert message.decode("ascii").replace("\r\n", "\n") == snapshot(extension_class=MessageFile)
