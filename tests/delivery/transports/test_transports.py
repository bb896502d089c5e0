"""One contract for every way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.delivery.handovers import Remembering, carry, parcel
from tests.delivery.ports import free_port
from veillee.config import MailSettings
from veillee.delivery.envelope import Envelope, Parcel, Reply, Transport
from veillee.delivery.transports import MaildirTransport, MemoryTransport, SmtpTransport, transport_for
from veillee.errors import SourceError

RELAY = MailSettings(
    transport="smtp", maildir=Path("none"), host="127.0.0.1", port=None, security="plain", user=None, password=None
)


@pytest.fixture(params=["maildir", "memory", "smtp"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Transport]]:
    """A way out of each kind, always to the same place."""
    if request.param == "maildir":
        yield lambda: MaildirTransport(tmp_path / "box")
    elif request.param == "memory":
        yield MemoryTransport
    else:
        port = free_port()
        controller = Controller(Sink(), hostname="127.0.0.1", port=port)
        controller.start()
        yield lambda: SmtpTransport(replace(RELAY, port=port, connections=3))
        controller.stop()


def test_every_parcel_is_accepted_once_and_ends_after_it_was_written_down(make: Callable[[], Transport]) -> None:
    handover = carry(make(), Remembering(parcel(number) for number in range(20)))
    assert handover.replies == [Reply.ACCEPTED] * 20
    assert sorted(handover.ended) == list(range(20))
    assert handover.is_all_accounted_for


def test_without_parcels_nothing_happens(make: Callable[[], Transport]) -> None:
    assert carry(make(), Remembering([])).outcomes == {}


def test_a_message_that_cannot_be_written_down_does_not_leave(make: Callable[[], Transport]) -> None:
    handover = Remembering(parcel(number) for number in range(3))
    handover.cannot_write = True
    transport = make()
    with pytest.raises(SourceError):
        carry(transport, handover, lanes=1)
    assert handover.is_all_accounted_for
    assert handover.outcomes == {}
    if isinstance(transport, MemoryTransport):
        assert transport.sent == []


def test_the_label_is_the_same_for_the_same_place(make: Callable[[], Transport]) -> None:
    assert make().label == make().label


def test_settings_choose_the_way_out(tmp_path: Path) -> None:
    mail = replace(RELAY, maildir=tmp_path / "box", port=2525)
    assert transport_for(mail).label == "smtp:127.0.0.1:2525"
    assert transport_for(replace(mail, transport="maildir")).label == f"maildir:{tmp_path / 'box'}"


def test_a_maildir_holds_a_message_once_and_knows_it_later(tmp_path: Path) -> None:
    one = parcel(1)
    carry(MaildirTransport(tmp_path), Remembering([one]))
    carry(MaildirTransport(tmp_path), Remembering([one]))
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_bytes() == b"Return-Path: <veillee@veillee.example>\r\n" + one.message
    path.rename(tmp_path / "cur" / f"{path.name}:2,S")
    later = MaildirTransport(tmp_path)
    assert later.was_delivered(f"<{1:040x}@veillee.example>") is True
    assert later.was_delivered(f"<{2:040x}@veillee.example>") is False


def test_a_maildir_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("a file")
    handover = Remembering([parcel(1)])
    with pytest.raises(SourceError, match="maildir"):
        carry(MaildirTransport(tmp_path / "box"), handover)
    assert handover.is_all_accounted_for


def test_a_maildir_with_a_full_disk_keeps_the_message_for_later_and_no_doubt(tmp_path: Path) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    (tmp_path / "tmp").symlink_to("/dev/full")  # neither folder nor file
    handover = Remembering([parcel(1), parcel(2)])
    with pytest.raises(SourceError, match="maildir cannot be written"):
        carry(MaildirTransport(tmp_path), handover)
    assert handover.is_all_accounted_for


def test_a_maildir_that_fails_in_between_keeps_the_message_for_later_and_no_doubt(tmp_path: Path) -> None:
    class Failing(MaildirTransport):
        def _write(self, name: str, message: bytes) -> None:
            (self.folder / "tmp").rmdir()
            super()._write(name, message)

    handover = Remembering([parcel(1), parcel(2)])
    with pytest.raises(SourceError, match="maildir cannot be written"):
        carry(Failing(tmp_path), handover)
    assert handover.is_all_accounted_for
    assert handover.replies == [Reply.TEMPORARY]
    assert carry(MaildirTransport(tmp_path), Remembering([parcel(1)])).replies == [Reply.ACCEPTED]


def test_two_processes_may_deliver_into_one_maildir(tmp_path: Path) -> None:
    first, second = MaildirTransport(tmp_path), MaildirTransport(tmp_path)
    one, other = Remembering([parcel(1), parcel(2)]), Remembering([parcel(2), parcel(3)])
    assert carry(first, one).replies == [Reply.ACCEPTED] * 2
    assert carry(second, other).replies == [Reply.ACCEPTED] * 2
    assert len(list((tmp_path / "new").iterdir())) == 3
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_message_that_a_reader_moves_meanwhile_is_found(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    assert transport.was_delivered(f"<{1:040x}@veillee.example>") is False
    carry(transport, Remembering([parcel(1), parcel(2)]))
    for number in (1, 2):
        path = tmp_path / "new" / f"{number:040x}.veillee"
        path.rename(tmp_path / "cur" / f"{path.name}:2,S")
        assert transport.was_delivered(f"<{number:040x}@veillee.example>") is True


def test_a_sender_in_a_maildir_cannot_add_a_header(tmp_path: Path) -> None:
    spoilt = Parcel(1, Envelope("a@example.org>\r\nBcc: <b@example.org", "c@example.org"), b"Subject: x\r\n\r\nx\r\n")
    carry(MaildirTransport(tmp_path), Remembering([spoilt]))
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_bytes().splitlines()[:2] == [b"Return-Path: <a@example.orgBcc: b@example.org>", b"Subject: x"]


@pytest.mark.parametrize("other", ["memory", "smtp"])
def test_others_cannot_tell_what_became_of_a_message(other: str) -> None:
    transport = MemoryTransport() if other == "memory" else SmtpTransport(RELAY)
    assert transport.was_delivered("<1@x>") is None
