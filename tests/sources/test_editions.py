"""Edition files: what a manager may write, what is refused with its line, and that nothing is lost on the way."""

from __future__ import annotations

import string
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.editorial.periods import period_named
from veillee.errors import Fault
from veillee.model import Digest, Edition, EditionNotes, Every, Mailbox, Schedule, Section, SectionKind, Weekday
from veillee.sources.edition_text import edition_text
from veillee.sources.editions import KNOWN_KEYS, parse_edition, read_editions, write_edition

PARIS = ZoneInfo("Europe/Paris")
DIGEST = Digest(
    id="weekly",
    folder="digests/weekly",
    titles=(("fr", "La semaine"),),
    languages=("fr", "en"),
    schedule=Schedule(Every.WEEK, time(8), PARIS, weekday=Weekday.FRIDAY),
    sections=(SectionKind.STORY,),
    mix=(),
    item_count=9,
    minimum_items=3,
    sender=Mailbox("La Veillée", "veillee@veillee.example"),
)
SHOWN = "digests/weekly/editions/2026-W47.md"
BY_HAND = """\
---
sections:
  story:
    - stories/four   # "La nuit au fournil": chosen
  buzz: buzz/marche
  zapping:
    - buzz/velo
    - {fr: "Bienvenue à Paul !", en: "Welcome, Paul!"}
  teaser:
---
Chers voisins,

voici la semaine.

---

À vendredi.

<!-- en -->
Dear neighbours.
"""


def parse(text: str, *, name: str = "2026-W47") -> Edition | tuple[Fault, ...]:
    return parse_edition(text, edition_id=name, digest=DIGEST, shown=SHOWN, period_named=period_named)


def edition(text: str) -> Edition:
    found = parse(text)
    assert isinstance(found, Edition), found
    return found


def said(text: str, *, name: str = "2026-W47") -> list[str]:
    found = parse(text, name=name)
    assert not isinstance(found, Edition)
    return [str(fault) for fault in sorted(found)]


def header(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", ""])


def test_a_file_written_by_hand_needs_nothing_but_its_sections() -> None:
    found = edition(BY_HAND)
    assert found.id == "2026-W47"
    assert found.period_end == datetime(2026, 11, 20, 8, tzinfo=PARIS)
    assert found.sections == (
        Section(SectionKind.STORY, ("stories/four",)),
        Section(SectionKind.BUZZ, ("buzz/marche",)),
        Section(SectionKind.ZAPPING, ("buzz/velo",), ((("fr", "Bienvenue à Paul !"), ("en", "Welcome, Paul!")),)),
        Section(SectionKind.TEASER),
    )
    french, english = found.introductions
    assert french == ("fr", "Chers voisins,\n\nvoici la semaine.\n\n---\n\nÀ vendredi.")
    assert english == ("en", "Dear neighbours.")


def test_each_item_knows_its_line() -> None:
    found = edition(BY_HAND)
    assert [found.line_of(post_id) for post_id in found.post_ids] == [4, 5, 7]
    assert found.source == SHOWN


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "editions"
    write_edition(folder / "2026-W47.md", BY_HAND)
    (folder / "2026-W46.md").write_bytes(b"\xef\xbb\xbf" + BY_HAND.replace("\n", "\r\n").encode())
    found = read_editions(DIGEST, folder, shown="editions", period_named=period_named)
    assert found.faults == ()
    before, this = found.editions
    assert (before.id, this.id) == ("2026-W46", "2026-W47")
    assert before.sections == this.sections
    assert before.introductions == this.introductions


def test_a_period_that_is_written_down_stays_when_the_schedule_changes() -> None:
    found = edition(header("from: 2026-11-12 18:00", "until: 2026-11-19 18:00", "sections: {}"))
    assert found.period_start == datetime(2026, 11, 12, 17, tzinfo=UTC)
    assert found.period_end == datetime(2026, 11, 19, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("no header\n", 1, "the file has no header"),
        ("---\nsections:\n", 1, "the file has no header"),
        (header(), 1, "the header is empty"),
        (header("digest: weekly"), 2, "there are no sections"),
        (header("sections: {}", "secions: {}"), 3, 'did you mean "sections"?'),
        (header("sections:", "  storys:", "    - stories/a"), 3, 'unknown key "storys"'),
        (header("sections:", "  buz:", "    - buzz/a"), 3, 'did you mean "buzz"?'),
        (header("digest: questions", "sections: {}"), 2, 'the file lies where "weekly" is expected'),
        (header("sections: {}", "edition: 2026-W46"), 3, 'the file lies where "2026-W47" is expected'),
        (header("sections:", "  story:", "    - stories/a", "    - stories/a"), 5, "first in line 4"),
        (header("sections:", "  story: stories/a", "  buzz:", "    - stories/a"), 5, "each post once in an edition"),
        (header("sections:", "  story:", "    - Ma belle histoire"), 4, "a post's id like stories/picnic"),
        (header("sections:", "  story:", "    - [a, b]"), 4, "an item is a list"),
        (header("sections:", "  story:", "    - {fr: Salut}"), 4, "lines of your own go into zapping or teaser"),
        (header("sections:", "  zapping:", "    - {de: Hallo}"), 4, "a text for each of fr, en"),
        (header("sections:", "  zapping:", "    - fr: Attention: ceci"), 4, "a colon"),
        (header("sections: {}", "from: hier"), 3, "a date and a time like 2026-11-20 08:00"),
        (header("sections: {}", "until: 2026-11-01"), 3, "an instant after from:"),
        (header("sections: {}", "subject: [a]"), 3, "subject is a list"),
        (header("sections:", "  story: stories/a", "  story: stories/b"), 4, "a second time"),
        (header("sections: {}") + "Bonjour\n\n<!-- de -->\nHallo\n", 6, 'an introduction is marked "de"'),
        (header("sections: {}") + "Bonjour\n<!-- en -->\nHi\n<!-- en -->\nHi\n", 7, "has a second introduction"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, words: str) -> None:
    messages = said(text)
    assert any(message.startswith(f"{SHOWN}:{line}: ") and words in message for message in messages), messages


def test_a_file_whose_name_names_no_edition_is_refused_with_an_example() -> None:
    (message,) = said(header("sections: {}"), name="2026-47")
    assert message == (
        f'{SHOWN}: "2026-47" names no edition; a name is like 2026-W47, the ISO 8601 week in which the edition '
        "appears; rename the file, or write from: and until:"
    )


def test_broken_editions_do_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "2026-W46.md").write_text(BY_HAND)
    (tmp_path / "2026-W47.md").write_text("nothing")
    (tmp_path / "2026-W48.md").write_bytes(b"---\nsections: {}\n---\nVeill\xe9e\n")
    found = read_editions(DIGEST, tmp_path, shown="e", period_named=period_named)
    assert [one.id for one in found.editions] == ["2026-W46"]
    assert [(fault.path, fault.line) for fault in found.faults] == [("e/2026-W47.md", 1), ("e/2026-W48.md", 4)]


def test_writing_never_takes_a_name_from_another_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "editions" / "2026-W47.md"
    write_edition(path, "first")
    with pytest.raises(FileExistsError):
        write_edition(path, "second")
    assert path.read_text() == "first"
    write_edition(path, "third", replace=True)
    assert path.read_text() == "third"
    assert list(path.parent.iterdir()) == [path]


def test_every_key_that_is_written_is_known() -> None:
    whole = edition_text(_whole(), DIGEST)
    keys = [line.split(":")[0] for line in whole.splitlines() if line[:1].isalpha()]
    assert keys == list(KNOWN_KEYS)


def _whole() -> Edition:
    return Edition(
        digest_id="weekly",
        id="2026-W47",
        period_start=datetime(2026, 11, 13, 7, tzinfo=UTC),
        period_end=datetime(2026, 11, 20, 7, tzinfo=UTC),
        sections=(Section(SectionKind.STORY, ("stories/a",)),),
        subjects=(("fr", "Un sujet"),),
        drafted_at=datetime(2026, 11, 19, 9, 30, tzinfo=UTC),
    )


ids = st.one_of(
    st.from_regex(r"[a-z]{2,9}/[a-z0-9-]{1,12}", fullmatch=True),
    st.tuples(st.sampled_from(("stories", "buzz")), st.text(min_size=1, max_size=9)).map("/".join),
).filter(lambda text: text == " ".join(text.split("\n")).strip() and all(c.isprintable() for c in text))
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)
paragraphs = st.text(
    st.sampled_from(string.ascii_letters + " \n-#*_>:'\"{}[]&!|éà\u202f"), min_size=1, max_size=80
).filter(lambda text: text == text.strip())
lines = st.tuples(st.just("fr"), words).map(lambda pair: (pair,)) | st.tuples(words, words).map(
    lambda two: (("fr", two[0]), ("en", two[1]))
)
instants = st.integers(0, 2**31).map(lambda minute: datetime.fromtimestamp(minute - minute % 60, UTC))


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    kinds = draw(st.lists(st.sampled_from(SectionKind), unique=True, max_size=6))
    left = draw(st.lists(ids, unique=True, max_size=12))
    sections = []
    for kind in kinds:
        count = draw(st.integers(0, len(left)))
        mine, left = left[:count], left[count:]
        takes_lines = kind in (SectionKind.ZAPPING, SectionKind.TEASER)
        own = tuple(draw(st.lists(lines, max_size=2))) if takes_lines else ()
        sections.append(Section(kind, tuple(mine), own))
    start = draw(instants)
    texts = st.lists(st.sampled_from((("fr", 0), ("en", 1))), unique=True).map(
        lambda found: sorted(found, key=lambda p: p[1])
    )
    return Edition(
        digest_id="weekly",
        id="2026-W47",
        period_start=start,
        period_end=start + timedelta(minutes=draw(st.integers(1, 100_000))),
        sections=tuple(sections),
        introductions=tuple((lang, draw(paragraphs)) for lang, _ in draw(texts)),
        subjects=tuple((lang, draw(words)) for lang, _ in draw(texts)),
        drafted_at=draw(st.none() | instants),
    )


remarks = st.text(max_size=40)


@given(editions(), st.lists(remarks, max_size=3), remarks)
def test_what_is_written_is_read_back_the_same_whatever_the_remarks_say(
    one: Edition, heading: list[str], remark: str
) -> None:
    beside = tuple((post_id, remark) for post_id in one.post_ids)
    notes = EditionNotes(tuple(heading), beside, (("stories/other", remark), (remark, remark)))
    assert parse(edition_text(one, DIGEST, notes)) == one


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\n", f"---\nsections:\n  story:\n    - {text}\n---\n{text}"):
        found = parse(whole)
        assert isinstance(found, Edition) or all(fault.found for fault in found)
