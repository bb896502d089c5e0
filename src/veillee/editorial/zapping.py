"""The zapping: who has joined and how much happened in a period, each as one line in every language."""

from __future__ import annotations

from datetime import datetime, time

from veillee.languages import Language, language
from veillee.model.community import Community
from veillee.model.edition import Digest, Period
from veillee.model.member import Member
from veillee.model.post import Kind

Line = tuple[tuple[str, str], ...]
"""One line: (language, text) pairs."""

MANY_NEWCOMERS = 5
"""From how many on newcomers are counted, not named."""


def zapping_lines(digest: Digest, period: Period, community: Community) -> tuple[Line, ...]:
    """A welcome, where somebody joined, and the period in numbers, where anything happened."""
    newcomers = newcomers_in(period, community)
    lines = []
    if newcomers:
        lines.append(tuple((lang, _welcome(language(lang), newcomers)) for lang in digest.languages))
    counts = _counts(period, community)
    if any(counts):
        lines.append(tuple((lang, _in_numbers(language(lang), counts)) for lang in digest.languages))
    return tuple(lines)


def newcomers_in(period: Period, community: Community) -> tuple[Member, ...]:
    """Members who joined in the period, in the order in which they did; a date counts as its first moment."""
    joined = [
        (member.joined, member.name, member)
        for member in community.members
        if member.joined is not None and datetime.combine(member.joined, time(), tzinfo=community.timezone) in period
    ]
    return tuple(member for _, _, member in sorted(joined, key=lambda one: one[:2]))


def _welcome(tongue: Language, newcomers: tuple[Member, ...]) -> str:
    if len(newcomers) >= MANY_NEWCOMERS:
        count = len(newcomers)
        text = tongue.ngettext("Welcome to our %(count)s new member.", "Welcome to our %(count)s new members.", count)
        return text % {"count": tongue.format_number(count)}
    names = tongue.join(member.name for member in newcomers)
    return tongue.gettext("Welcome to %(names)s!") % {"names": names}


def _counts(period: Period, community: Community) -> tuple[int, int, int]:
    """How many posts, questions and answers the period brought."""
    posts = community.posts_in(community.language)
    new = [post for post in posts if post.published_at in period]
    answers = [answer for post in posts for answer in post.answers if answer.answered_at in period]
    return len(new), sum(post.kind is Kind.QUESTION for post in new), len(answers)


def _in_numbers(tongue: Language, counts: tuple[int, int, int]) -> str:
    posts, questions, answers = counts
    parts = (
        (tongue.ngettext("%(count)s post", "%(count)s posts", posts), posts),
        (tongue.ngettext("%(count)s question", "%(count)s questions", questions), questions),
        (tongue.ngettext("%(count)s answer", "%(count)s answers", answers), answers),
    )
    said = tongue.join(text % {"count": tongue.format_number(count)} for text, count in parts if count)
    return tongue.gettext("In numbers: %(counts)s.") % {"counts": said}
