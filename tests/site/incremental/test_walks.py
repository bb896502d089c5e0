"""After any edit, a build that renders only what changed writes what a build from nothing writes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.site.incremental import post_edits, site_edits
from tests.site.incremental.walks import begin_walk

IS_FULL = os.environ.get("VEILLEE_TORTURE") == "full"
STEPS = int(os.environ.get("VEILLEE_STEPS", 300 if IS_FULL else 10))
SEED = int(os.environ.get("VEILLEE_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_every_step_of_a_walk_leaves_what_a_build_from_nothing_writes(tmp_path: Path, is_ours: bool) -> None:
    chance = random.Random(SEED)
    walk = begin_walk(tmp_path, chance, is_ours=is_ours)
    walk.history.append(f"VEILLEE_SEED={SEED} VEILLEE_STEPS={STEPS}")
    edits = (*post_edits.EVERYWHERE, *site_edits.EVERYWHERE, *(post_edits.OURS_ONLY if is_ours else ()))
    walk.check()
    assert walk.compared_count == 1, "it begins without a fault"
    for _ in range(STEPS):
        walk.step(chance.choice(edits))
