"""What the tests of pages share: a browser, and the demonstration as a static host serves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit.browsing import chromium
from tests.audit.static_host import hosted


@pytest.fixture(scope="module")  # two at once in one process are refused, and other tests start their own
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(demo: Path) -> Iterator[str]:
    with hosted(demo) as served:
        yield served
