"""After any edit, a build that renders only what changed writes what a build from nothing writes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.site.incremental.sites import write_other_site, write_our_site
from tests.site.incremental.walks import Walk

STEPS = int(os.environ.get("VEILLEE_STEPS", 300 if os.environ.get("VEILLEE_TORTURE") == "full" else 14))
SEED = int(os.environ.get("VEILLEE_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_every_step_of_a_walk_leaves_what_a_build_from_nothing_writes(tmp_path: Path, is_ours: bool) -> None:
    chance = random.Random(SEED)
    site = tmp_path / "site"
    (write_our_site if is_ours else write_other_site)(site, chance)
    walk = Walk(site, chance, is_ours, history=[f"seed {SEED}"])
    walk.check()
    for _ in range(STEPS):
        walk.step()
    mine = site / "output/foreign-notes/mine.txt"
    assert mine.exists() == any("file of mine" in one for one in walk.history), "what is not ours stays"
