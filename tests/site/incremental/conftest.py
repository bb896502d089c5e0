"""What tests of builds share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pelican.plugins import signals

from veillee.site.listeners import others_among


@pytest.fixture
def no_plugins_stay(tmp_path: Path) -> Iterator[None]:
    """Plugins that a site of this test brings into this very process are gone afterwards."""
    yield
    for name, module in tuple(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
    for signal in (one for one in vars(signals).values() if isinstance(one, signals.Signal)):
        for receiver in tuple(others_among([signal])):
            signal.disconnect(receiver)
