"""The contract of both inboxes, against a maildir on disk and a real IMAP server."""

from __future__ import annotations

import os
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.mailbox.dovecot import Dovecot, running_dovecot
from tests.mailbox.samples import POSTFIX
from veillee.errors import ConfigurationError, SourceError
from veillee.mailbox.imap import ImapInbox
from veillee.mailbox.inbox import Inbox, open_inbox
from veillee.mailbox.letter import BYTES_READ
from veillee.mailbox.maildir import MaildirInbox
from veillee.mailbox.places import ImapPlace


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def place(dovecot: Dovecot) -> ImapPlace:
    return dovecot.place(dovecot.new_user())


@dataclass(frozen=True, slots=True)
class Post:
    """An inbox, and the hand that puts mail into it and looks what became of it."""

    open: Callable[[], Inbox]
    put: Callable[[str, bytes], None]
    folder: Path

    def contents(self) -> list[bytes]:
        with self.open() as inbox:
            return [letter.content.replace(b"\r\n", b"\n") for letter in inbox.unread()]

    def names(self) -> list[str]:
        return sorted(path.name for folder in ("new", "cur") for path in (self.folder / folder).iterdir())


@pytest.fixture(params=["maildir", "imaps"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Post:
    if request.param == "maildir":
        folder = tmp_path / "mailbox"
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True)
        return Post(lambda: MaildirInbox(folder), lambda name, text: _write(folder / "new" / name, text), folder)
    dovecot = request.getfixturevalue("dovecot")
    place = request.getfixturevalue("place")
    user = place.user
    return Post(lambda: open_inbox(place), lambda name, text: dovecot.put(user, name, text), dovecot.mail / user)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


class TestContract:
    def test_unread_messages_come_whole_and_in_order(self, post: Post) -> None:
        post.put("1.a", POSTFIX)
        post.put("2.b", b"Subject: second\n\nhello\n")
        assert post.contents() == [POSTFIX, b"Subject: second\n\nhello\n"]

    def test_reading_marks_nothing(self, post: Post) -> None:
        post.put("1.a", POSTFIX)
        assert post.contents() == post.contents() == [POSTFIX]

    def test_what_was_taken_care_of_is_read_and_still_there(self, post: Post) -> None:
        post.put("1.a", b"one\n\n")
        post.put("2.b", b"two\n\n")
        with post.open() as inbox:
            inbox.mark_read(next(iter(inbox.unread())))
        assert post.contents() == [b"two\n\n"]
        assert any(name.startswith("1.a:2,") and "S" in name for name in post.names())

    def test_marking_twice_or_what_is_gone_disturbs_nobody(self, post: Post) -> None:
        post.put("1.a", b"one\n\n")
        with post.open() as inbox:
            letter = next(iter(inbox.unread()))
            inbox.mark_read(letter)
            inbox.mark_read(letter)
        for folder in ("new", "cur"):
            for path in (post.folder / folder).iterdir():
                path.unlink()
        with post.open() as inbox:
            inbox.mark_read(letter)

    def test_what_vanishes_while_it_is_listed_is_passed_over(self, post: Post) -> None:
        post.put("1.a", b"one\n\n")
        post.put("2.b", b"two\n\n")
        with post.open() as inbox:
            letters = inbox.unread()
            next(letters)
            for folder in ("new", "cur"):
                for path in (post.folder / folder).glob("2.b*"):
                    path.unlink()
            list(letters)

    def test_of_a_huge_message_the_beginning_is_read(self, post: Post) -> None:
        post.put("1.a", POSTFIX + b"x" * 79 + b"\n" * 5_000_000)
        with post.open() as inbox:
            tracemalloc.start()
            [letter] = inbox.unread()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 4 * BYTES_READ
        assert len(letter.content) == BYTES_READ
        assert letter.content.replace(b"\r\n", b"\n").startswith(POSTFIX)

    def test_an_empty_inbox_is_empty(self, post: Post) -> None:
        assert post.contents() == []


class TestMaildir:
    def test_what_lies_in_cur_without_the_mark_is_unread(self, tmp_path: Path) -> None:
        for name in ("new", "cur"):
            (tmp_path / name).mkdir()
        for name in ("1.seen:2,RS", "2.replied:2,R", "3.trash:2,T", "4.plain"):
            (tmp_path / "cur" / name).write_bytes(name.encode())
        inbox = MaildirInbox(tmp_path)
        with inbox:
            letters = list(inbox.unread())
            assert [letter.content for letter in letters] == [b"2.replied:2,R", b"4.plain"]
            inbox.mark_read(letters[0])
        assert (tmp_path / "cur" / "2.replied:2,RS").exists()

    def test_only_files_are_read(self, tmp_path: Path) -> None:
        for name in ("new", "cur", "new/folder"):
            (tmp_path / name).mkdir()
        os.mkfifo(tmp_path / "new" / "pipe")
        (tmp_path / "secret").write_text("secret")
        (tmp_path / "new" / "link").symlink_to(tmp_path / "secret")
        with MaildirInbox(tmp_path) as inbox:
            assert list(inbox.unread()) == []

    def test_a_folder_that_is_no_maildir_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="this is no maildir \\(no new and no cur in it\\)"):
            MaildirInbox(tmp_path).__enter__()


class TestImap:
    def test_what_somebody_marked_as_deleted_is_neither_read_nor_removed(
        self, dovecot: Dovecot, place: ImapPlace
    ) -> None:
        dovecot.put(place.user, "cur/1.gone:2,T", b"Subject: gone\n\n")
        dovecot.put(place.user, "2.here", b"Subject: here\n\n")
        with ImapInbox(place) as inbox:
            [letter] = inbox.unread()
            inbox.mark_read(letter)
        names = [path.name for path in (dovecot.mail / place.user / "cur").iterdir()]
        assert sorted(names) == ["1.gone:2,T", "2.here:2,S"]

    def test_it_speaks_in_clear_on_this_machine(self, dovecot: Dovecot, place: ImapPlace) -> None:
        with ImapInbox(replace(place, port=dovecot.plain, is_encrypted=False)) as inbox:
            assert list(inbox.unread()) == []

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, place: ImapPlace) -> None:
        with pytest.raises(ConfigurationError, match=r"the certificate is not valid .* VEILLEE_SMTP_CA"):
            ImapInbox(replace(place, authority=None)).__enter__()
        with pytest.raises(ConfigurationError, match="the certificate is not valid"):
            ImapInbox(replace(place, host="127.0.0.1")).__enter__()

    @pytest.mark.parametrize("password", ["wrong", "wröng"])
    def test_a_wrong_password_is_for_the_operator(self, place: ImapPlace, password: str) -> None:
        with pytest.raises(ConfigurationError, match="does not accept the user or the password") as caught:
            ImapInbox(replace(place, password=password)).__enter__()
        assert password not in str(caught.value)

    def test_a_folder_that_is_not_there_is_named_with_those_that_are(self, place: ImapPlace) -> None:
        with pytest.raises(ConfigurationError, match='"Bounces" cannot be opened; there are: INBOX'):
            ImapInbox(replace(place, folder="Bounces")).__enter__()

    def test_a_server_that_is_not_there_or_says_nothing_cannot_be_reached(self, place: ImapPlace) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            nobody = replace(place, host="127.0.0.1", port=silent.getsockname()[1], is_encrypted=False)
            with pytest.raises(SourceError, match="the mailbox cannot be reached"):
                ImapInbox(nobody).__enter__()
            silent.listen()
            with pytest.raises(SourceError, match="timed out"):
                ImapInbox(nobody, timeout_s=0.2).__enter__()

    def test_a_line_that_breaks_loses_nothing(self, dovecot: Dovecot, place: ImapPlace) -> None:
        dovecot.put(place.user, "1.a", b"one\n\n")
        dovecot.put(place.user, "2.b", b"two\n\n")
        with pytest.raises(SourceError, match="cannot be reached"), ImapInbox(place) as inbox:
            letters = inbox.unread()
            inbox.mark_read(next(letters))
            inbox._opened.client.sock.shutdown(socket.SHUT_RDWR)
            next(letters)
        with ImapInbox(place) as inbox:
            assert [letter.content for letter in inbox.unread()] == [b"two\r\n\r\n"]
