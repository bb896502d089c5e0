"""One SMTP session that has begun: envelopes and messages -> replies, each matched to its command.

RFC 5321; extensions: PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531).
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass

from veillee.config import MailSettings
from veillee.delivery.envelope import Envelope, Outcome, Parcel, Reply
from veillee.delivery.transports.lines import has_sound_line_ends
from veillee.delivery.transports.smtp_opening import open_server
from veillee.delivery.transports.verdicts import Refusal
from veillee.delivery.transports.wire import ServerReply, Wire, WireError
from veillee.errors import ConfigurationError

_ADDRESS = re.compile(r'(?:[^\s\x00-\x20\x7f<>"@]+|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*")@[^\s\x00-\x20\x7f<>"@]+')
MOST_OF_AN_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, in bytes
_MOST_SIZE = re.compile(r"0*([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long we wait, in seconds. RFC 5321 section 4.5.3.2 allows servers minutes; a bulk sender has other lines."""

    greeting_s: float = 60.0
    command_s: float = 60.0
    end_s: float = 600.0  # the server may be slow to take a message over: hanging up here makes a doubt
    quit_s: float = 2.0


class Session:
    """An open session. `is_spent` where nothing more may be said in it."""

    def __init__(self, wire: Wire, extensions: dict[str, str], limits: Limits) -> None:
        self._wire = wire
        self._limits = limits
        self._must_reset = False
        self._has_size = "SIZE" in extensions
        self._takes_8bit = "8BITMIME" in extensions
        self._takes_utf8 = "SMTPUTF8" in extensions
        found = _MOST_SIZE.fullmatch(extensions.get("SIZE", ""))
        self._most_size = int(found[1]) if found else None
        self.is_pipelining = "PIPELINING" in extensions
        self.is_spent = False

    def refusal_of(self, parcel: Parcel) -> Outcome | None:
        """Why the server would not take such a message, known before it is asked."""
        envelope, size = parcel.envelope, len(parcel.message)
        if not _is_address(envelope.recipient):
            return Outcome(Reply.PERMANENT, "the address is none that a mail server takes")
        if not _is_plain(envelope) and not self._takes_utf8:
            return Outcome(Reply.PERMANENT, "the server does not take addresses with accents before the @")
        if not parcel.is_sound and not has_sound_line_ends(parcel.message):
            return Outcome(Reply.PERMANENT, "the message has a line that does not end in CR LF")
        if not self._takes_8bit and _is_8bit(parcel):
            return Outcome(Reply.PERMANENT, "the server takes 7 bits, and the message has bytes of 8")
        if self._most_size is not None and self._most_size < size:
            return Outcome(Reply.PERMANENT, f"the server takes {self._most_size:,} bytes, and the message has {size:,}")
        return None

    def envelope(self, parcel: Parcel) -> bytes:
        """MAIL, RCPT and DATA, with a RSET before them where it is needed."""
        reset = b"RSET\r\n" if self._must_reset else b""
        return b"%b%b%bDATA\r\n" % (reset, self._mail(parcel), _recipient(parcel.envelope))

    def write(self, data: bytes) -> None:
        self._wire.write(data)

    def check(self) -> None:
        """Raises WireError where the line is known to be broken."""
        self._wire.check()

    async def drained(self) -> None:
        """When more may be written, or when the server has interrupted."""
        await self._wire.drained(self._limits.command_s)

    async def offer(self, parcel: Parcel, *, is_written: bool) -> Refusal | None:
        """Which command was refused and how; None where the server now waits for the message.

        `is_written` where the envelope went out already, behind the message before.
        """
        by_s = self._wire.instant(self._limits.command_s)
        if not is_written:
            await self._expect_silence(by_s)
        if not self.is_pipelining:
            return await self._ask_step_by_step(parcel, by_s)
        if not is_written:
            self._wire.write(self.envelope(parcel))
        return await self._read_envelope(by_s)

    async def interruption(self) -> ServerReply | None:
        """What the server says before a message has ended, when only a refusal makes sense."""
        if not self._wire.has_spoken:
            return None
        reply = await self._heard(self._wire.instant(self._limits.command_s))
        if reply.code // 100 not in (4, 5):
            raise WireError(f"the server speaks out of turn: {reply.words}")
        return reply

    async def end(self) -> ServerReply:
        """The reply to the final dot."""
        return await self._wire.reply(self._wire.instant(self._limits.end_s))

    async def quit(self) -> None:
        """Takes leave; whatever happens meanwhile does not matter any more."""
        by_s = self._wire.instant(self._limits.quit_s)
        try:
            self._wire.write(b"QUIT\r\n")
            await self._wire.reply(by_s)
            await self._wire.close(by_s)
        except OSError:  # TimeoutError is one
            pass
        finally:
            self._wire.abort()

    def drop(self) -> None:
        self._wire.abort()

    async def _read_envelope(self, by_s: float) -> Refusal | None:
        if self._must_reset:
            await self._heard(by_s)
            self._must_reset = False
        mail = await self._heard(by_s)
        recipient = await self._heard(by_s)
        data = await self._heard(by_s, is_data=True)
        if mail.code // 100 == recipient.code // 100 == 2 and data.code == 354:
            return None
        self._must_reset = True
        if data.code == 354:
            await self._send_nothing(recipient, by_s)
        steps = (("MAIL", mail), ("RCPT", recipient), ("DATA", data))
        return next(Refusal(name, reply) for name, reply in steps if reply.code // 100 > 3)

    async def _send_nothing(self, recipient: ServerReply, by_s: float) -> None:
        """The envelope was refused, and yet the server waits for a message (RFC 2920 section 3.1).

        A lone dot ends it where there is nobody to send to; else somebody would get an empty mail.
        """
        if recipient.code // 100 == 2:
            self.is_spent = True
        else:
            self._wire.write(b".\r\n")
            await self._heard(by_s)

    async def _ask_step_by_step(self, parcel: Parcel, by_s: float) -> Refusal | None:
        if self._must_reset:
            self._wire.write(b"RSET\r\n")
            await self._heard(by_s)
            self._must_reset = False
        steps = (("MAIL", self._mail(parcel)), ("RCPT", _recipient(parcel.envelope)), ("DATA", b"DATA\r\n"))
        for name, command in steps:
            await self._expect_silence(by_s)
            self._wire.write(command)
            reply = await self._heard(by_s, is_data=name == "DATA")
            if reply.code // 100 > 3:
                self._must_reset = True
                return Refusal(name, reply)
        return None

    async def _expect_silence(self, by_s: float) -> None:
        """One answer too many would be taken for that of the next command."""
        if self._wire.has_spoken:
            reply = await self._heard(by_s)
            raise WireError(f"the server speaks out of turn: {reply.words}")

    async def _heard(self, by_s: float, *, is_data: bool = False) -> ServerReply:
        """A reply that makes sense. 421 ends the session, whatever it was said to (RFC 5321 section 3.8)."""
        reply = await self._wire.reply(by_s)
        if reply.code == 421:
            raise WireError(reply.words)
        is_yes = reply.code == 354 if is_data else reply.code // 100 == 2
        if not is_yes and reply.code // 100 not in (4, 5):
            raise WireError(f"the server's answer makes no sense: {reply.words}")
        return reply

    def _mail(self, parcel: Parcel) -> bytes:
        sender, options = parcel.envelope.sender, ""
        if self._has_size:
            options = f" SIZE={len(parcel.message)}"
        is_plain = _is_plain(parcel.envelope)
        if not is_plain:
            options += " SMTPUTF8"
        if self._takes_8bit and (not is_plain or _is_8bit(parcel)):
            options += " BODY=8BITMIME"
        return f"MAIL FROM:<{sender}>{options}\r\n".encode()


async def open_session(mail: MailSettings, *, limits: Limits, tls: ssl.SSLContext | None) -> Session:
    """A session ready for envelopes.

    Raises ConfigurationError where waiting would not help; OSError, TimeoutError or ServerRefusalError where it may.
    """
    wire, extensions = await open_server(mail, within_s=limits.greeting_s, tls=tls)
    return Session(wire, extensions, limits)


def check_sender(envelope: Envelope) -> None:
    """Raises ConfigurationError where no mail can come from such an address; the empty one is one."""
    if envelope.sender and not _is_address(envelope.sender):
        todo = "check the digest's sender and VEILLEE_BOUNCES_TO"
        raise ConfigurationError(f"{envelope.sender!a} cannot be the sender of a mail; {todo}")


def _is_address(text: str) -> bool:
    """Whether a text can stand between `<` and `>` of a command: no line end, no second address, no half character."""
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        return False
    return size <= MOST_OF_AN_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _recipient(envelope: Envelope) -> bytes:
    return f"RCPT TO:<{envelope.recipient}>\r\n".encode()


def _is_plain(envelope: Envelope) -> bool:
    return envelope.sender.isascii() and envelope.recipient.isascii()


def _is_8bit(parcel: Parcel) -> bool:
    return not parcel.is_sound and not parcel.message.isascii()
