"""TLS and passwords: against a server that cheats, and against aiosmtpd as it should be."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.delivery.handovers import Remembering, carry, parcel
from tests.delivery.ports import free_port
from tests.delivery.relays import AMPLE, RELAY, parcels
from tests.delivery.servers import USUAL, Act, Server
from veillee.config import MailSettings
from veillee.delivery.envelope import Reply
from veillee.delivery.transports.smtp import SmtpTransport
from veillee.errors import ConfigurationError, SourceError, VeilleeError

STARTTLS = (*USUAL, "STARTTLS")
PASSWORD = "correct horse battery staple"
PLAIN_SECRET = "AHZlaWxsZWUAY29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=="  # RFC 4616
LOGIN_SECRET = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=="


@dataclass(frozen=True)
class Trust:
    """An authority of one's own, and a certificate that it signed for this machine."""

    authority: Path
    server: ssl.SSLContext


def trust(folder: Path, *names: str) -> Trust:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return Trust(folder / "ca.pem", context)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return trust(tmp_path_factory.mktemp("ca"), "127.0.0.1", "localhost")


def settings(port: int, authority: Path | None, security: str = "starttls") -> MailSettings:
    return replace(RELAY, port=port, security=security, authority=authority, connections=2)


def sent(mail: MailSettings, count: int = 3) -> Remembering:
    """Everything is accounted for, whatever is raised."""
    handover = Remembering(parcels(count))
    try:
        return carry(SmtpTransport(mail, limits=AMPLE, patience_s=0.2, first_pause_s=0.02), handover)
    finally:
        assert handover.is_all_accounted_for


def with_password(mail: MailSettings, password: str = PASSWORD) -> MailSettings:
    return replace(mail, user="veillee", password=password)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_messages_go_out_in_tls(trusted: Trust, security: str) -> None:
    with Server(extensions=STARTTLS, tls=trusted.server, is_tls_at_once=security == "tls") as server:
        assert sent(settings(server.port, trusted.authority, security)).replies == [Reply.ACCEPTED] * 3
        assert len(server.held) == 3
        hellos = [line for line in server.heard if line.startswith("EHLO")]
        assert len(hellos) == server.connection_count * (2 if security == "starttls" else 1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_nobody_we_know_stops_the_run(trusted: Trust, security: str) -> None:
    with Server(extensions=STARTTLS, tls=trusted.server, is_tls_at_once=security == "tls") as server:
        with pytest.raises(ConfigurationError, match="certificate that is not valid"):
            sent(settings(server.port, None, security))
        assert server.held == []
        assert not any(line.startswith("MAIL") for line in server.heard)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_name_stops_the_run(tmp_path: Path, security: str) -> None:
    other = trust(tmp_path, "mail.example.org")
    with (
        Server(extensions=STARTTLS, tls=other.server, is_tls_at_once=security == "tls") as server,
        pytest.raises(ConfigurationError, match=r"certificate that is not valid .*127\.0\.0\.1"),
    ):
        sent(settings(server.port, other.authority, security))


def test_a_server_without_starttls_gets_nothing(trusted: Trust) -> None:
    with Server() as server:
        with pytest.raises(ConfigurationError, match=r"it offers no STARTTLS.*VEILLEE_SMTP_SECURITY"):
            sent(with_password(settings(server.port, trusted.authority)))
        assert not any(line.startswith(("AUTH", "MAIL")) for line in server.heard)


def test_a_server_that_refuses_starttls_gets_nothing(trusted: Trust) -> None:
    with (
        Server(extensions=STARTTLS, always={"STARTTLS": "502 5.5.1 not today"}) as server,
        pytest.raises(ConfigurationError, match="not today"),
    ):
        sent(settings(server.port, trusted.authority))


def test_a_server_whose_tls_is_away_for_a_moment_is_asked_again(trusted: Trust) -> None:
    with Server({"STARTTLS": ["454 4.7.0 TLS not available"]}, extensions=STARTTLS, tls=trusted.server) as server:
        assert sent(settings(server.port, trusted.authority)).replies == [Reply.ACCEPTED] * 3


def test_what_somebody_says_before_tls_begins_is_no_answer(trusted: Trust) -> None:
    injected = "220 go on\r\n250-server\r\n250 AUTH PLAIN"
    with Server(always={"STARTTLS": injected}, extensions=STARTTLS, tls=trusted.server) as server:
        with pytest.raises(SourceError, match="before TLS begins"):
            sent(with_password(settings(server.port, trusted.authority)))
        assert not any(line.startswith("AUTH") for line in server.heard)


@pytest.mark.parametrize(("security", "is_tls"), [("tls", False), ("starttls", True)])
def test_the_wrong_port_is_named_with_its_settings(trusted: Trust, security: str, is_tls: bool) -> None:
    with (
        Server(extensions=STARTTLS, tls=trusted.server, is_tls_at_once=is_tls) as server,
        pytest.raises(SourceError, match="VEILLEE_SMTP_SECURITY"),
    ):
        sent(settings(server.port, trusted.authority, security))


def test_our_server_answers_what_is_no_text() -> None:
    """A hello of TLS has random bytes, and one in some hundreds has a line break among them."""
    with Server() as server, socket.create_connection(("127.0.0.1", server.port), 10) as line:
        line.sendall(b"\x16\x03\x01\xfc\r\nQUIT\r\n")
        with line.makefile("rb") as said:
            assert [reply[:3] for reply in said] == [b"220", b"500", b"221"]


def test_a_line_that_breaks_while_tls_begins_is_tried_again(trusted: Trust) -> None:
    script = {"STARTTLS": [Act("220 go on", ends="drop")]}
    with Server(script, extensions=STARTTLS, tls=trusted.server) as server:
        assert sent(settings(server.port, trusted.authority)).replies == [Reply.ACCEPTED] * 3


def test_a_file_that_holds_no_authority_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match=r"ca\.pem: the authority cannot be read .*VEILLEE_SMTP_CA"):
        SmtpTransport(settings(25, tmp_path / "ca.pem"))


@pytest.mark.parametrize(
    ("offered", "wanted"),
    [
        ("AUTH PLAIN LOGIN", [f"AUTH PLAIN {PLAIN_SECRET}"]),
        ("AUTH=PLAIN", [f"AUTH PLAIN {PLAIN_SECRET}"]),
        ("AUTH LOGIN", ["AUTH LOGIN", "dmVpbGxlZQ==", LOGIN_SECRET]),
    ],
)
def test_the_password_is_given_as_the_server_likes_it(offered: str, wanted: Sequence[str]) -> None:
    script = {"AUTH": ["235 2.7.0 welcome"] if "PLAIN" in offered else ["334 VXNlcm5hbWU6"]}
    script |= {"DMVPBGXLZQ==": ["334 UGFzc3dvcmQ6"], LOGIN_SECRET.upper(): ["235 2.7.0 welcome"]}
    with Server(script, extensions=(*USUAL, offered)) as server:
        mail = with_password(replace(settings(server.port, None, "plain"), connections=1))
        assert sent(mail).replies == [Reply.ACCEPTED] * 3
        assert server.heard[1 : 1 + len(wanted)] == wanted


def test_a_server_that_asks_for_the_password_again_gets_it() -> None:
    script = {"AUTH": ["334 "], PLAIN_SECRET.upper(): ["235 2.7.0 welcome"]}
    with Server(script, extensions=(*USUAL, "AUTH PLAIN")) as server:
        mail = with_password(replace(settings(server.port, None, "plain"), connections=1))
        assert sent(mail).replies == [Reply.ACCEPTED] * 3


@pytest.mark.parametrize("offered", ["", "AUTH", "AUTH XOAUTH2 GSSAPI"])
def test_a_server_that_wants_no_password_of_ours_stops_the_run(offered: str) -> None:
    with (
        Server(extensions=(*USUAL, offered)) as server,
        pytest.raises(ConfigurationError, match=r"it offers (no AUTH|XOAUTH2 GSSAPI)"),
    ):
        sent(with_password(settings(server.port, None, "plain")))


@pytest.mark.parametrize("offered", ["AUTH PLAIN", "AUTH LOGIN"])
@pytest.mark.parametrize("reply", ["535 5.7.8 {} is wrong", "454 4.7.0 no {} now", "334 {}", "250-{}\r\n535 no"])
def test_a_password_that_the_server_repeats_is_not_shown(offered: str, reply: str) -> None:
    said = reply.format(f"{PASSWORD} {PLAIN_SECRET} {LOGIN_SECRET}")
    always = {"AUTH": said if "PLAIN" in offered else "334 VXNlcm5hbWU6", "DMVPBGXLZQ==": said}
    always |= {LOGIN_SECRET.upper(): said, PLAIN_SECRET.upper(): said}
    with Server(extensions=(*USUAL, offered), always=always) as server:
        with pytest.raises(VeilleeError) as raised:
            sent(with_password(settings(server.port, None, "plain")))
        chain = f"{raised.value} {raised.value.__cause__} {raised.value.__context__}"
        secret = PLAIN_SECRET if "PLAIN" in offered else LOGIN_SECRET
        assert PASSWORD not in chain
        assert secret not in chain


def test_a_wrong_password_stops_the_run_at_once() -> None:
    with Server(extensions=(*USUAL, "AUTH PLAIN"), always={"AUTH": "535 5.7.8 no"}) as server:
        with pytest.raises(ConfigurationError, match=r"535 5\.7\.8 no.*VEILLEE_SMTP_PASSWORD"):
            sent(with_password(settings(server.port, None, "plain")))
        assert server.connection_count <= 2


def test_a_server_that_cannot_look_the_password_up_now_is_asked_again() -> None:
    script = {"AUTH": ["454 4.7.0 later", "235 yes", "235 yes"]}
    with Server(script, extensions=(*USUAL, "AUTH PLAIN")) as server:
        assert sent(with_password(settings(server.port, None, "plain"))).replies == [Reply.ACCEPTED] * 3


def _authenticator(server: SMTP, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"veillee", PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


@pytest.fixture(params=["starttls", "tls"])
def real(request: pytest.FixtureRequest, trusted: Trust) -> Iterator[MailSettings]:
    """aiosmtpd, which asks for a password, in TLS."""
    at_once = request.param == "tls"
    port = free_port()
    controller = Controller(
        Sink(),
        hostname="127.0.0.1",
        port=port,
        ssl_context=trusted.server if at_once else None,
        tls_context=None if at_once else trusted.server,
        require_starttls=not at_once,
        authenticator=_authenticator,
        auth_required=True,
        auth_require_tls=not at_once,  # it knows no TLS but that of STARTTLS
    )
    controller.start()
    yield settings(port, trusted.authority, request.param)
    controller.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_aiosmtpd_takes_messages_in_tls_with_a_password(real: MailSettings) -> None:
    transport = SmtpTransport(with_password(real))
    assert carry(transport, Remembering(parcels(20))).replies == [Reply.ACCEPTED] * 20


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_aiosmtpd_takes_a_large_message_in_tls(real: MailSettings) -> None:
    large = parcel(0, body=b"Bonjour, et bien plus encore.\r\n" * 100_000)
    assert carry(SmtpTransport(with_password(real)), Remembering([large])).replies == [Reply.ACCEPTED]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_aiosmtpd_does_not_know_a_wrong_password(real: MailSettings) -> None:
    with pytest.raises(ConfigurationError, match="does not accept the user or the password"):
        carry(SmtpTransport(with_password(real, "guess")), Remembering(parcels(1)), lanes=1)
