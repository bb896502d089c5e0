"""What the newsletter tests share: the sources of our templates."""

from __future__ import annotations

import pytest

from tests.render.newsletter.samples import DIGESTS


@pytest.fixture
def our_sources() -> dict[str, str]:
    """Every MJML file that comes with Veillée, by its path."""
    return {str(path): path.read_text(encoding="utf-8") for path in sorted(DIGESTS.glob("*/*.mjml"))}
