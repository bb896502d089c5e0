"""A post that nobody has written yet is in no edition; one that somebody has written is, whatever it quotes."""

from __future__ import annotations

import pytest

from tests.editorial.communities import NOW, community, post, weekly
from veillee.editorial.periods import period_named
from veillee.editorial.proposal import Why
from veillee.editorial.selection import propose_edition
from veillee.editorial.unwritten import BLANKS, is_unwritten
from veillee.languages import language


@pytest.mark.parametrize("blank", BLANKS)
def test_the_text_of_a_new_file_is_known_in_each_language_however_it_is_typeset(blank: str) -> None:
    french = language("fr").gettext(blank)
    assert french != blank
    for text in (blank, f" {french}\n", french.replace(" ", "\N{NO-BREAK SPACE}")):
        assert is_unwritten(post("a", text=text))


def test_what_somebody_wrote_is_written() -> None:
    for text in ("", "Come at nine.", f"{BLANKS[0]} That is what it said.", "write here"):
        assert not is_unwritten(post("a", text=text))


def test_the_proposal_says_why_it_is_not_chosen() -> None:
    digest = weekly()
    posts = [post("blank", text=BLANKS[0]), post("old-blank", text=BLANKS[0], days=90), post("real")]
    period = period_named(digest.schedule, "2026-W47")
    proposal = propose_edition(digest, period, community(*posts, now=NOW), earlier=())
    assert proposal.edition.post_ids == ("announcements/real",)
    assert [one.post_id for one in proposal.refusals if one.why is Why.UNWRITTEN][:1] == ["announcements/blank"]
