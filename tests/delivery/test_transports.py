"""One contract for every way out, and what servers do to mail."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Received

from veillee.config import MailSettings
from veillee.delivery.envelope import Envelope, Outcome, Reply, Transport
from veillee.delivery.transports import MaildirTransport, MemoryTransport, SmtpTransport, transport_for
from veillee.errors import ConfigurationError, SourceError

ENVELOPE = Envelope("veillee@veillee.example", "amina@example.org")
MESSAGE = (
    b"To: amina@example.org\r\nMessage-ID: <0123456789abcdef0123@veillee.example>\r\n\r\n"
    b".\r\n..two\r\nFrom me\r\n.leading\r\nlast line\r\n"
)
OTHER = MESSAGE.replace(b"0123456789abcdef0123", b"fedcba98765432100000")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mail_settings(port: int | None = None, **fields: object) -> MailSettings:
    plain = MailSettings(
        transport="smtp", maildir=Path("none"), host="127.0.0.1", port=port, security="plain", user=None, password=None
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


class Mailbox:
    """An SMTP server's memory, with answers for some recipients."""

    def __init__(self, answers: dict[str, str] | None = None, at_data: str = "250 taken") -> None:
        self.received: list[tuple[Envelope, bytes]] = []
        self.answers = answers or {}
        self.at_data = at_data

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:  # noqa: N802
        if self.at_data.startswith("250"):
            content = envelope.original_content
            assert isinstance(content, bytes)
            self.received.append((Envelope(str(envelope.mail_from), envelope.rcpt_tos[0]), content))
        return self.at_data


@contextmanager
def server(mailbox: Mailbox, **options: object) -> Iterator[int]:
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class Way:
    """A transport, and a look at what came out at its other end."""

    def __init__(self, transport: Transport, arrived: Callable[[], list[tuple[Envelope, bytes]]]) -> None:
        self.transport = transport
        self.arrived = arrived


def files_in(folder: Path) -> list[tuple[Envelope, bytes]]:
    return [(ENVELOPE, path.read_bytes()) for path in sorted((folder / "new").iterdir())]


@pytest.fixture(params=["maildir", "memory", "smtp"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    if request.param == "maildir":
        yield Way(MaildirTransport(tmp_path / "outbox"), lambda: files_in(tmp_path / "outbox"))
    elif request.param == "memory":
        memory = MemoryTransport()
        yield Way(memory, lambda: memory.sent)
    else:
        mailbox = Mailbox()
        with server(mailbox) as port:
            yield Way(SmtpTransport(mail_settings(port)), lambda: mailbox.received)


class TestContract:
    """What every transport holds to."""

    def test_what_is_sent_arrives_byte_for_byte(self, way: Way) -> None:
        with way.transport as transport:
            outcome = transport.send(ENVELOPE, MESSAGE)
        assert outcome.reply is Reply.ACCEPTED
        assert outcome.words
        assert way.arrived() == [(ENVELOPE, MESSAGE)]

    def test_several_messages_leave_through_one_opening(self, way: Way) -> None:
        with way.transport as transport:
            for message in (MESSAGE, OTHER):
                assert transport.send(ENVELOPE, message).reply is Reply.ACCEPTED
        assert sorted(message for _, message in way.arrived()) == sorted([MESSAGE, OTHER])

    def test_a_transport_may_be_opened_and_left_unused(self, way: Way) -> None:
        with way.transport:
            pass
        assert way.arrived() == []

    def test_a_transport_opens_again(self, way: Way) -> None:
        for message in (MESSAGE, OTHER):
            with way.transport as transport:
                transport.send(ENVELOPE, message)
        assert len(way.arrived()) == 2

    def test_its_label_is_short_and_names_the_way(self, way: Way) -> None:
        assert 0 < len(way.transport.label) <= 200
        assert way.transport.label.split(":")[0] in ("maildir", "memory", "smtp")

    def test_nobody_claims_to_know_of_a_message_that_never_left(self, way: Way) -> None:
        with way.transport as transport:
            assert not transport.was_delivered("<0123456789abcdef0123@veillee.example>")


class TestMaildir:
    """Files that are there whole or not at all."""

    def test_the_same_message_is_there_once_even_after_it_was_read(self, tmp_path: Path) -> None:
        with MaildirTransport(tmp_path) as transport:
            transport.send(ENVELOPE, MESSAGE)
            assert transport.send(ENVELOPE, MESSAGE).reply is Reply.ACCEPTED
        (path,) = (tmp_path / "new").iterdir()
        path.rename(tmp_path / "cur" / f"{path.name}:2,S")
        with MaildirTransport(tmp_path) as transport:
            assert transport.was_delivered("<0123456789abcdef0123@veillee.example>")
            transport.send(ENVELOPE, MESSAGE)
        assert list((tmp_path / "new").iterdir()) == []

    def test_nothing_half_written_is_left(self, tmp_path: Path) -> None:
        with MaildirTransport(tmp_path) as transport:
            transport.send(ENVELOPE, MESSAGE)
        assert list((tmp_path / "tmp").iterdir()) == []

    def test_a_message_without_an_id_has_a_name_all_the_same(self, tmp_path: Path) -> None:
        with MaildirTransport(tmp_path) as transport:
            transport.send(ENVELOPE, b"Subject: x\r\n\r\nMessage-ID: <in-the-body-0123456789@x>\r\n")
        (path,) = (tmp_path / "new").iterdir()
        assert "in-the-body" not in path.name

    @pytest.mark.parametrize("name", ["../../../../etc/passwd-0123456789", "a/b/c/d/e/f/g/h/i/j", "." * 20])
    def test_an_id_is_no_way_out_of_the_folder(self, tmp_path: Path, name: str) -> None:
        with MaildirTransport(tmp_path / "outbox") as transport:
            transport.send(ENVELOPE, f"Message-ID: <{name}@x>\r\n\r\n".encode())
        assert len(list((tmp_path / "outbox" / "new").iterdir())) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["outbox"]

    def test_a_folder_that_cannot_be_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "outbox").write_text("a file")
        with pytest.raises(SourceError, match="outbox"), MaildirTransport(tmp_path / "outbox"):
            pass


class TestSmtp:
    """What servers do, and what is then certain."""

    @pytest.mark.parametrize(
        ("answer", "reply"),
        [("550 no such user", Reply.PERMANENT), ("450 try later", Reply.TEMPORARY), ("452 full", Reply.TEMPORARY)],
    )
    def test_a_refused_recipient_costs_that_one_only(self, answer: str, reply: Reply) -> None:
        mailbox = Mailbox({"nobody@example.org": answer})
        with server(mailbox) as port, SmtpTransport(mail_settings(port)) as transport:
            refused = transport.send(replace(ENVELOPE, recipient="nobody@example.org"), MESSAGE)
            taken = transport.send(ENVELOPE, OTHER)
        assert refused == Outcome(reply, answer)
        assert taken.reply is Reply.ACCEPTED
        assert mailbox.received == [(ENVELOPE, OTHER)]

    @pytest.mark.parametrize(("answer", "reply"), [("554 spam", Reply.PERMANENT), ("451 greylisted", Reply.TEMPORARY)])
    def test_a_message_refused_at_its_end_was_not_taken(self, answer: str, reply: Reply) -> None:
        with server(Mailbox(at_data=answer)) as port, SmtpTransport(mail_settings(port)) as transport:
            assert transport.send(ENVELOPE, MESSAGE) == Outcome(reply, answer)

    def test_accents_before_the_at_travel_where_the_server_takes_them(self) -> None:
        envelope = replace(ENVELOPE, recipient="zoé@example.org")
        mailbox = Mailbox()
        with server(mailbox, enable_SMTPUTF8=True) as port, SmtpTransport(mail_settings(port)) as transport:
            assert transport.send(envelope, MESSAGE).reply is Reply.ACCEPTED
        assert mailbox.received == [(envelope, MESSAGE)]
        with server(Mailbox(), enable_SMTPUTF8=False) as port, SmtpTransport(mail_settings(port)) as transport:
            assert transport.send(envelope, MESSAGE).reply is Reply.PERMANENT
            assert transport.send(ENVELOPE, OTHER).reply is Reply.ACCEPTED

    @pytest.mark.parametrize("message", [b"a: b\r\n\r\nx\n.\nMAIL FROM:<x@y.example>\r\n", b"a: b\r\n\r\nx\ry\r\n"])
    def test_a_bare_line_end_never_leaves(self, message: bytes) -> None:
        with SmtpTransport(mail_settings(1)) as transport, pytest.raises(ValueError, match="CR LF"):
            transport.send(ENVELOPE, message)

    def test_no_server_stops_the_run(self) -> None:
        with (
            SmtpTransport(mail_settings(free_port())) as transport,
            pytest.raises(SourceError, match="cannot be reached"),
        ):
            transport.send(ENVELOPE, MESSAGE)


@contextmanager
def scripted(*steps: bytes | None) -> Iterator[int]:
    """A server that gives one answer to each line it gets, and hangs up at None. After DATA it reads to the dot."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.settimeout(10)
            for step in steps:
                if step is None:
                    return
                connection.sendall(step)
                if step.startswith(b"354"):
                    while lines.readline() not in (b".\r\n", b""):
                        pass
                else:
                    lines.readline()
            lines.read()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(timeout=10)
        listener.close()


HELLO = (b"220 hello\r\n", b"250 me\r\n")
ENVELOPE_TAKEN = (b"250 sender\r\n", b"250 recipient\r\n")
DATA = b"354 go\r\n"


class TestBrokenLines:
    """Before the final dot a message has not left; after it, only the answer says."""

    @pytest.mark.parametrize(
        ("steps", "reply"),
        [
            ((*HELLO, None), Reply.TEMPORARY),
            ((*HELLO, ENVELOPE_TAKEN[0], None), Reply.TEMPORARY),
            ((*HELLO, *ENVELOPE_TAKEN, None), Reply.TEMPORARY),
            ((*HELLO, *ENVELOPE_TAKEN, DATA, None), Reply.IN_DOUBT),
            ((*HELLO, *ENVELOPE_TAKEN, DATA, b"what? nonsense\r\n"), Reply.IN_DOUBT),
            ((*HELLO, *ENVELOPE_TAKEN, DATA, b"099 strange\r\n"), Reply.IN_DOUBT),
            ((*HELLO, *ENVELOPE_TAKEN, DATA, b"421 closing\r\n", None), Reply.TEMPORARY),
            ((*HELLO, *ENVELOPE_TAKEN, DATA, b"250-taken\r\n250 over\r\n", b"221 bye\r\n"), Reply.ACCEPTED),
            ((*HELLO, b"421 closing\r\n", None), Reply.TEMPORARY),
        ],
    )
    def test_a_line_that_breaks(self, steps: tuple[bytes | None, ...], reply: Reply) -> None:
        with scripted(*steps) as port, SmtpTransport(mail_settings(port), timeout_s=5) as transport:
            outcome = transport.send(ENVELOPE, MESSAGE)
        assert outcome.reply is reply
        assert outcome.words.isprintable()

    def test_a_server_that_never_answers_after_the_dot_leaves_a_doubt(self) -> None:
        with (
            scripted(*HELLO, *ENVELOPE_TAKEN, DATA, b"") as port,
            SmtpTransport(mail_settings(port), timeout_s=0.3) as transport,
        ):
            assert transport.send(ENVELOPE, MESSAGE).reply is Reply.IN_DOUBT

    def test_a_server_that_never_greets_cannot_be_reached(self) -> None:
        with (
            scripted(b"") as port,
            SmtpTransport(mail_settings(port), timeout_s=0.3) as transport,
            pytest.raises(SourceError),
        ):
            transport.send(ENVELOPE, MESSAGE)

    def test_a_sender_that_the_server_does_not_want_stops_the_run(self) -> None:
        with (
            scripted(*HELLO, b"550 not you\r\n") as port,
            SmtpTransport(mail_settings(port), timeout_s=5) as transport,
            pytest.raises(ConfigurationError, match=r"takes no mail from veillee@veillee\.example \(550 not you\)"),
        ):
            transport.send(ENVELOPE, MESSAGE)

    def test_the_next_message_takes_a_new_line(self) -> None:
        mailbox = Mailbox()
        with server(mailbox) as port, SmtpTransport(mail_settings(port)) as transport:
            transport.send(ENVELOPE, MESSAGE)
            transport._connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
            assert transport.send(ENVELOPE, OTHER).reply is Reply.TEMPORARY
            assert transport.send(ENVELOPE, OTHER).reply is Reply.ACCEPTED
        assert len(mailbox.received) == 2


AUTHORITY = trustme.CA()


def server_tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(name).configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def tls_options(security: str, name: str = "127.0.0.1") -> dict[str, object]:
    if security == "tls":
        return {"ssl_context": server_tls(name)}
    return {"tls_context": server_tls(name), "require_starttls": True}


class TestEncryption:
    """Certificates are verified, and passwords never cross the network in clear."""

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_mail_leaves_over_a_verified_line(self, security: str) -> None:
        mailbox = Mailbox()
        with server(mailbox, **tls_options(security)) as port:
            settings = mail_settings(port, security=security)
            with SmtpTransport(settings, tls=trusting()) as transport:
                assert transport.send(ENVELOPE, MESSAGE).reply is Reply.ACCEPTED
        assert mailbox.received == [(ENVELOPE, MESSAGE)]

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    @pytest.mark.parametrize("fault", ["unknown authority", "another name"])
    def test_a_certificate_that_is_not_valid_gets_no_mail(self, security: str, fault: str) -> None:
        mailbox = Mailbox()
        name = "mail.example.org" if fault == "another name" else "127.0.0.1"
        trust = trusting() if fault == "another name" else None
        with server(mailbox, **tls_options(security, name)) as port:
            settings = mail_settings(port, security=security)
            with (
                SmtpTransport(settings, tls=trust) as transport,
                pytest.raises(ConfigurationError, match="certificate"),
            ):
                transport.send(ENVELOPE, MESSAGE)
        assert mailbox.received == []

    def test_a_server_without_starttls_gets_no_mail(self) -> None:
        with (
            server(Mailbox()) as port,
            SmtpTransport(mail_settings(port, security="starttls")) as transport,
            pytest.raises(ConfigurationError, match="VEILLEE_SMTP_SECURITY"),
        ):
            transport.send(ENVELOPE, MESSAGE)

    def test_a_password_never_crosses_the_network_in_clear(self) -> None:
        settings = mail_settings(free_port(), host="mail.example.org", user="veillee", password="x")
        with SmtpTransport(settings) as transport, pytest.raises(ConfigurationError, match="in clear"):
            transport.send(ENVELOPE, MESSAGE)

    @pytest.mark.parametrize("password", ["right", "wrong", None])
    def test_the_password_decides(self, password: str | None) -> None:
        def judge(server: SMTP, session: Session, envelope: Received, mechanism: str, data: object) -> AuthResult:
            assert isinstance(data, LoginPassword)
            return AuthResult(success=data.password == b"right", handled=False)

        mailbox = Mailbox()
        options = {**tls_options("starttls"), "authenticator": judge, "auth_required": True}
        with server(mailbox, **options) as port:
            settings = mail_settings(port, security="starttls", user="veillee", password=password)
            with SmtpTransport(settings, tls=trusting()) as transport:
                if password == "right":
                    assert transport.send(ENVELOPE, MESSAGE).reply is Reply.ACCEPTED
                else:
                    with pytest.raises(ConfigurationError, match="VEILLEE_SMTP_PASSWORD"):
                        transport.send(ENVELOPE, MESSAGE)


def test_the_settings_choose_the_transport(tmp_path: Path) -> None:
    assert isinstance(transport_for(mail_settings(25)), SmtpTransport)
    assert isinstance(transport_for(mail_settings(transport="maildir", maildir=tmp_path)), MaildirTransport)


@pytest.mark.parametrize(("security", "port"), [("plain", 25), ("starttls", 587), ("tls", 465)])
def test_the_port_is_the_usual_one(security: str, port: int) -> None:
    assert SmtpTransport(mail_settings(security=security)).label == f"smtp:127.0.0.1:{port}"
