"""The SMTP door: parcels -> the server's answers, over connections that are kept open.

A message is handed over by its final dot (RFC 5321 section 4.1.1.4): whatever breaks before it, the message has
certainly not left; whatever breaks after it and before the answer leaves a doubt. Where the server offers PIPELINING,
the next envelope follows the dot in the same packet: one round trip a message.
"""

from __future__ import annotations

import asyncio
import ssl
from time import monotonic

from veillee.config import MailSettings
from veillee.delivery.envelope import Handover, Outcome, Parcel, Reply
from veillee.delivery.transports.smtp_session import (
    LOCAL_HOSTS,
    USUAL_PORTS,
    Limits,
    ServerRefusalError,
    Session,
    open_session,
)
from veillee.delivery.transports.wire import ServerReply
from veillee.errors import ConfigurationError, SourceError
from veillee.shown import shortened

PATIENCE_S = 120.0
"""How long a server that has answered in this run may be away before the run stops."""
FIRST_PATIENCE_S = 4.0
"""How long one that never has: most likely its name is wrong, and somebody waits at the terminal."""
FIRST_PAUSE_S, LONGEST_PAUSE_S, LOOK_S = 0.5, 15.0, 0.25
REFUSED_SENDERS = 3
"""So many refusals of the sender, one after the other, say that it is the sender who is not wanted."""

_BROKEN = (OSError, TimeoutError)


class SmtpTransport:
    """Delivers to one relay. Certificates are verified by the system's authorities, or by the one in the settings."""

    def __init__(self, mail: MailSettings, *, limits: Limits | None = None, patience_s: float = PATIENCE_S) -> None:
        self._mail = mail
        self._limits = limits or Limits()
        self._patience_s = patience_s
        self._has_answered = False
        self._well_s: float | None = None  # when the server last did what it should, or when we first asked
        self._refused_senders = 0
        self._tls = _tls_context(mail)

    @property
    def label(self) -> str:
        return f"smtp:{self._where}"[:200]

    @property
    def lanes(self) -> int:
        return self._mail.connections

    def was_delivered(self, message_id: str) -> bool | None:  # noqa: ARG002
        return None  # only the relay's log knows

    async def carry(self, handover: Handover) -> None:
        self._check_password_is_safe()
        if self._well_s is None:
            self._well_s = monotonic()
        parcel = await handover.take()
        while parcel is not None:
            try:
                session = await self._connected(handover)
            except BaseException:
                handover.give_back(parcel)
                raise
            if session is None:
                handover.give_back(parcel)
                return
            parcel = await _Conversation(session, handover, self).hold(parcel)
            if parcel is None:
                parcel = await handover.take()

    def went_well(self) -> None:
        """The server has answered."""
        self._has_answered = True
        self._well_s = monotonic()

    def hear_sender(self, envelope_sender: str, reply: ServerReply | None) -> None:
        """The answer to a sender; None where it was welcome. Raises ConfigurationError where none ever is."""
        self._refused_senders = self._refused_senders + 1 if reply and reply.code // 100 == 5 else 0
        if reply and self._refused_senders >= REFUSED_SENDERS:
            todo = "check the digest's sender and VEILLEE_BOUNCES_TO, and what the server lets you send"
            raise ConfigurationError(f"{self._where} takes no mail from {envelope_sender} ({reply.words}); {todo}")

    async def _connected(self, handover: Handover) -> Session | None:
        """A session, after as many tries as patience allows; None where nothing is to be sent any more."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return await open_session(self._mail, limits=self._limits, tls=self._tls)
            except ssl.SSLCertVerificationError as err:
                said = shortened(str(err), 300)
                what = f"{self._where} shows a certificate that is not valid ({said})"
                raise ConfigurationError(f"{what}; nothing was sent to it") from err
            except (*_BROKEN, ServerRefusalError) as err:
                waited_s = monotonic() - (self._well_s or 0.0)
                patience_s = self._patience_s if self._has_answered else min(FIRST_PATIENCE_S, self._patience_s)
                if waited_s + pause_s > patience_s:
                    raise self._unreachable(err) from err
            if not await _paused(pause_s, handover):
                return None
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _unreachable(self, err: Exception) -> SourceError:
        said = shortened(str(err), 300) or "it does not answer in time"
        todo = "check VEILLEE_SMTP_HOST and VEILLEE_SMTP_PORT, or wait and run this again: nobody is lost"
        return SourceError(f"the mail server {self._where} cannot be reached ({said}); {todo}")

    def _check_password_is_safe(self) -> None:
        if self._mail.user and self._mail.security == "plain" and self._mail.host not in LOCAL_HOSTS:
            raise ConfigurationError(
                "VEILLEE_SMTP_SECURITY is plain, and a password would cross the network in clear; "
                'set it to "starttls" or "tls"'
            )

    @property
    def _where(self) -> str:
        return f"{self._mail.host}:{self._mail.port or USUAL_PORTS[self._mail.security]}"


class _Conversation:
    """Parcels over one session, until there are no more or the line breaks."""

    def __init__(self, session: Session, handover: Handover, transport: SmtpTransport) -> None:
        self._session = session
        self._handover = handover
        self._transport = transport
        self._unsent: Parcel | None = None  # taken, and its last byte not written
        self._ended: Parcel | None = None  # its last byte may have left

    async def hold(self, parcel: Parcel) -> Parcel | None:
        """What is still in hand when the line breaks; None where there is nothing more to send."""
        self._unsent = parcel
        try:
            await self._hold()
        except _BROKEN as err:
            return self._broken(err)
        except BaseException:
            self._broken(None)
            if self._unsent is not None:
                self._handover.give_back(self._unsent)
            raise
        await self._session.quit()
        return None

    def _broken(self, err: Exception | None) -> Parcel | None:
        self._session.drop()
        ended, self._ended = self._ended, None
        if ended is not None:
            said = f" ({shortened(str(err), 200) or 'no answer in time'})" if err is not None else ""
            self._handover.settle(ended, Outcome(Reply.IN_DOUBT, f"the line broke before the server's answer{said}"))
            return self._unsent
        if self._unsent is not None and err is not None:
            self._handover.give_back(self._unsent)
            self._unsent = None
        return self._unsent

    async def _hold(self) -> None:
        is_written = False
        while (parcel := self._unsent) is not None:
            refusal = await self._offer(parcel, is_written=is_written)
            if refusal is not None:
                self._unsent = None
                self._handover.settle(parcel, refusal)
                self._unsent, is_written = await self._handover.take(), False
                continue
            self._session.write(parcel.message)
            await self._session.drained()
            is_written = await self._end(parcel)

    async def _offer(self, parcel: Parcel, *, is_written: bool) -> Outcome | None:
        """Why the message may not follow; None where it may."""
        size = len(parcel.message)
        if not is_written:
            if not parcel.is_sound:
                check_line_ends(parcel.message)
            if known := self._session.refusal_of(parcel.envelope, size):
                return known
        refused = await self._session.offer(parcel.envelope, size, is_written=is_written)
        self._transport.went_well()
        command, reply = refused or ("", None)
        self._transport.hear_sender(parcel.envelope.sender, reply if command == "MAIL" else None)
        return None if reply is None else Outcome(_verdict(reply, Reply.TEMPORARY), reply.words)

    async def _end(self, parcel: Parcel) -> bool:
        """The final dot, with the next envelope behind it; whether there was one."""
        self._handover.about_to_end(parcel)
        following = self._next_to_pipeline()
        self._ended, self._unsent = parcel, following
        end = b".\r\n" if parcel.message.endswith(b"\r\n") else b"\r\n.\r\n"
        if following is not None:
            end += self._session.envelope(following.envelope, len(following.message))
        self._session.write(end)
        reply = await self._session.end()
        self._transport.went_well()
        self._ended = None
        self._handover.settle(parcel, Outcome(_verdict(reply, Reply.IN_DOUBT), reply.words))
        if reply.code == 421 or reply.code // 100 == 3:
            raise ConnectionResetError(reply.words)
        if following is None:
            self._unsent = await self._handover.take()
        return following is not None

    def _next_to_pipeline(self) -> Parcel | None:
        """The next parcel, where one is at hand and the server can hear of it already."""
        following = self._handover.take_ready() if self._session.is_pipelining else None
        while following is not None:
            if not following.is_sound:
                check_line_ends(following.message)
            refusal = self._session.refusal_of(following.envelope, len(following.message))
            if refusal is None:
                return following
            self._handover.settle(following, refusal)
            following = self._handover.take_ready()
        return None


def check_line_ends(message: bytes) -> None:
    """Raises ValueError where a line does not end in CR LF, or begins with a dot.

    Servers disagree on bare line ends, and some would see a second message behind one (SMTP smuggling, 2023). Messages
    are made so that no line begins with a dot: nothing has to be stuffed.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends:
        raise ValueError("a message has a line that does not end in CR LF")


def _verdict(reply: ServerReply, otherwise: Reply) -> Reply:
    return {2: Reply.ACCEPTED, 4: Reply.TEMPORARY, 5: Reply.PERMANENT}.get(reply.code // 100, otherwise)


def _tls_context(mail: MailSettings) -> ssl.SSLContext | None:
    if mail.security == "plain":
        return None
    try:
        return ssl.create_default_context(cafile=mail.authority)
    except (OSError, ssl.SSLError) as err:
        todo = "check VEILLEE_SMTP_CA: a PEM file with the authority's certificate"
        raise ConfigurationError(f"{mail.authority}: the authority cannot be read ({err}); {todo}") from err


async def _paused(seconds: float, handover: Handover) -> bool:
    """Whether, after a pause, there is still something to send."""
    end_s = monotonic() + seconds
    while monotonic() < end_s and not handover.is_closed:
        await asyncio.sleep(min(LOOK_S, max(0.0, end_s - monotonic())))
    return not handover.is_closed
