"""The journal: what a dead run's files say, whole, torn or spoilt; and room that is there before it is needed."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger import journal as journals
from veillee.delivery.ledger.journal import Journal, read_journal, remove_journal
from veillee.errors import SourceError

OK = Outcome(Reply.ACCEPTED, "250 2.0.0 Ok: queued as 4F\u20ac\n")


def test_what_ended_is_in_doubt_until_there_is_a_reply(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "run")
    for delivery_id in (1, 2, 3):
        journal.about_to_end(delivery_id)
    journal.reply(2, OK)
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert (found.ended, found.replies, found.is_sound) == ({1, 3}, {2: OK}, True)
    assert journal.awaits_reply(1)
    assert not journal.awaits_reply(2)


def test_a_second_attempt_counts_and_not_the_reply_to_the_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "run")
    journal.about_to_end(1)
    journal.reply(1, Outcome(Reply.TEMPORARY, "450 later"))
    journal.about_to_end(1)
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert (found.ended, found.replies) == ({1}, {})


def test_a_run_without_a_journal_says_nothing(tmp_path: Path) -> None:
    assert read_journal(tmp_path, "run") is None
    Journal(tmp_path, "another")
    assert read_journal(tmp_path, "run") is None


def test_an_empty_journal_says_that_nothing_ended(tmp_path: Path) -> None:
    Journal(tmp_path, "run")
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert (found.ended, found.replies, found.is_sound) == (frozenset(), {}, True)


@given(keep=st.integers(0, 200))
def test_a_record_that_was_torn_by_a_death_never_happened(tmp_path_factory: pytest.TempPathFactory, keep: int) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder, "run")
    journal.about_to_end(1)
    journal.reply(1, OK)
    journal.about_to_end(2)
    (path,) = folder.glob("*.journal")
    whole = path.read_bytes().rstrip(b"\0")
    path.write_bytes(whole[:keep] + bytes(4096))
    found = read_journal(folder, "run")
    assert found is not None
    assert found.is_sound
    ends = [place for place, byte in enumerate(whole) if byte == ord("\n")]
    whole_count = sum(keep >= end for end in ends)
    assert (1 in found.ended) == (whole_count == 1)
    assert (1 in found.replies) == (whole_count >= 2)
    assert (2 in found.ended) == (whole_count == 3)


def test_a_spoilt_record_in_the_middle_is_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "run")
    for delivery_id in (1, 2, 3):
        journal.about_to_end(delivery_id)
    (path,) = tmp_path.glob("*.journal")
    path.write_bytes(path.read_bytes().replace(b"E 2", b"E 7"))
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert (found.ended, found.is_sound) == ({1, 3}, False)


def test_what_the_ledger_holds_is_removed_segment_by_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "RECORDS_OF_A_SEGMENT", 4)
    journal = Journal(tmp_path, "run")
    for delivery_id in range(20):
        journal.about_to_end(delivery_id)
        journal.reply(delivery_id, OK)
    assert len(list(tmp_path.iterdir())) == 10
    journal.forget([*range(1, 18)])
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert found.replies.keys() >= {0, 18, 19}
    assert len(list(tmp_path.iterdir())) == 2
    journal.close(is_needed=False)
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_is_still_needed_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "run")
    journal.about_to_end(1)
    journal.close(is_needed=True)
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert found.ended == {1}
    remove_journal(tmp_path, "run")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_stops_before_a_message_ends_and_never_before_its_reply(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk; the process is one of its own."""
    process = os.fork()
    if not process:
        os._exit(_fill(tmp_path))
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    found = read_journal(tmp_path, "run")
    assert found is not None
    assert not found.ended
    assert len(found.replies) > 1000


def _fill(folder: Path) -> int:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journals.ROOM_BYTES + 1000, journals.ROOM_BYTES + 1000))
    journal = Journal(folder, "run")
    number = 0
    try:
        for number in range(1_000_000):
            journal.about_to_end(number)
            journal.reply(number, Outcome(Reply.ACCEPTED, "\U0001f4a5" * 10))
    except SourceError as error:
        return 0 if "make room" in error.message and not journal.awaits_reply(number) else 1
    return 2


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "senders").write_text("a file")
    with pytest.raises(SourceError, match="journal"):
        Journal(tmp_path / "senders", "run")
