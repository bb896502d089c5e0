"""What readers get, kept as files beside this one: a change of the mail is reviewed as a diff.

Made anew by `make golden`. The MJML comes broken into lines, one tag each, so that a diff says what changed.
"""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.golden import HtmlFile, MjmlFile, TextFile
from tests.render.newsletter.samples import DAILY_SECTIONS, WEEKLY_SECTIONS, a_community, composed, our_templates
from veillee.model import Token
from veillee.render.newsletter import render_mjml_source, render_variant
from veillee.render.newsletter.tokens import joined

pytestmark = pytest.mark.golden
SECTIONS = {"weekly": WEEKLY_SECTIONS, "questions": DAILY_SECTIONS}
VALUES = {Token.UNSUBSCRIBE_URL: "mailto:leave@veillee.example?subject=unsubscribe", Token.RECIPIENT_NAME: "Amina"}


def in_lines(markup: str) -> str:
    """One tag a line. What stands for a token is the same in every run, so that only changes of the mail show."""
    markup = re.sub(r"v[0-9a-f]{24}\b", "TOKEN", markup)
    return re.sub(r"(?<!\n)<(?!/)", "\n<", markup).strip() + "\n"


@pytest.mark.parametrize("digest", ["weekly", "questions"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_text_part_is_as_it_was(digest: str, lang: str, snapshot: SnapshotAssertion) -> None:
    edition = composed(*SECTIONS[digest], lang=lang)
    variant = render_variant(edition, community=a_community(), templates=our_templates(digest))
    assert joined(variant.text, VALUES) == snapshot(extension_class=TextFile)


@pytest.mark.parametrize("digest", ["weekly", "questions"])
def test_the_mjml_is_as_it_was(digest: str, snapshot: SnapshotAssertion) -> None:
    source = render_mjml_source(composed(*SECTIONS[digest]), community=a_community(), templates=our_templates(digest))
    assert in_lines(source) == snapshot(extension_class=MjmlFile)


@pytest.mark.parametrize("digest", ["weekly", "questions"])
def test_the_html_is_as_it_was(digest: str, snapshot: SnapshotAssertion) -> None:
    variant = render_variant(composed(*SECTIONS[digest]), community=a_community(), templates=our_templates(digest))
    assert in_lines(joined(variant.html, VALUES)) == snapshot(extension_class=HtmlFile)
