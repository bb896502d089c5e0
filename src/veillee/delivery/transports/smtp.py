"""The SMTP door: parcels -> the server's answers, over connections that are kept open, and opened again.

    a lane: take a parcel -> open a session -> hold a conversation -> (the line broke) -> open another one

What can be decided without a server is in `verdicts` (what a refusal means) and `patience` (how long to wait).
"""

from __future__ import annotations

import asyncio
import ssl
from functools import partial
from time import monotonic

from veillee.config import MailSettings
from veillee.delivery.envelope import Handover, Parcel
from veillee.delivery.transports.patience import FIRST_PAUSE_S, PATIENCE_S, Patience
from veillee.delivery.transports.smtp_conversation import Conversation, Ending
from veillee.delivery.transports.smtp_opening import ServerRefusalError, place_of
from veillee.delivery.transports.smtp_session import Limits, Session, open_session
from veillee.delivery.transports.verdicts import Refusal, Refusals, is_about_us
from veillee.errors import ConfigurationError, SourceError, VeilleeError
from veillee.shown import shortened

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
LOOK_S = 0.25
"""How long somebody waits who stops a run while a server is away."""
DOUBTS_IN_A_ROW = 3
"""So many connections of one lane that took a message and broke, with not one answer between, and no more is risked."""

_InVain = OSError | ServerRefusalError


class SmtpTransport:
    """Delivers to one relay. Certificates are verified by the system's authorities, or by the one in the settings."""

    def __init__(
        self,
        mail: MailSettings,
        *,
        limits: Limits | None = None,
        patience_s: float = PATIENCE_S,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._mail = mail
        self._limits = limits or Limits()
        self._tls = _tls_context(mail)
        self._refusals = Refusals()
        self.patience = Patience(patience_s, first_pause_s=first_pause_s)

    @property
    def label(self) -> str:
        return f"smtp:{self.place}"[:200]

    @property
    def place(self) -> str:
        return place_of(self._mail)

    @property
    def lanes(self) -> int:
        return self._mail.connections

    def was_delivered(self, message_id: str) -> bool | None:  # noqa: ARG002
        return None  # only the relay's log knows

    async def carry(self, handover: Handover) -> None:
        self._check_password_is_safe()
        await _Lane(self, handover).run()

    async def open(self) -> Session:
        """Raises what `open_session` raises; a certificate that is not valid is a matter of configuration."""
        try:
            return await open_session(self._mail, limits=self._limits, tls=self._tls)
        except ssl.SSLCertVerificationError as err:
            what = f"{self.place} shows a certificate that is not valid ({shortened(str(err), 300)})"
            raise ConfigurationError(f"{what}; nothing was sent to it") from err

    def hear(self, session: Session, refusal: Refusal | None) -> None:
        """What the server said of a message. Raises VeilleeError where it is plain that it takes none from us."""
        self.patience.answered(session)
        if refusal is None:
            self._refusals.accepted()
        elif self._refusals.are_enough(refusal):
            raise self._unwanted(refusal)

    def _unwanted(self, refusal: Refusal) -> VeilleeError:
        said = f"the last of its refusals: {refusal.reply.words}"
        if not is_about_us(refusal):
            todo = "check VEILLEE_SMTP_USER and what the server lets you send, and run this again"
            return SourceError(f"{self.place} has refused every message so far ({said}); {todo}")
        todo = "check the digest's sender, VEILLEE_BOUNCES_TO, VEILLEE_SMTP_USER, and what the server lets you send"
        return ConfigurationError(f"{self.place} takes no mail from you ({said}); {todo}")

    def _check_password_is_safe(self) -> None:
        if self._mail.user and self._mail.security == "plain" and self._mail.host not in LOCAL_HOSTS:
            raise ConfigurationError(
                "VEILLEE_SMTP_SECURITY is plain, and a password would cross the network in clear; "
                'set it to "starttls" or "tls"'
            )


class _Lane:
    """One connection at a time. While it has none it holds no parcel that another lane could carry."""

    def __init__(self, transport: SmtpTransport, handover: Handover) -> None:
        self._transport = transport
        self._handover = handover
        self._tries = 0  # in vain, one after the other
        self._doubts = 0  # the same

    async def run(self) -> None:
        first = await self._handover.take()
        ready = await self._ready_for(first)
        while ready is not None:
            ready = await self._ready_after(await self._hold(*ready))

    async def _hold(self, session: Session, parcel: Parcel) -> Ending:
        hear = partial(self._transport.hear, session)
        try:
            return await Conversation(session, self._handover, hear).hold(parcel)
        finally:
            self._transport.patience.ended(session)

    async def _ready_after(self, ending: Ending) -> tuple[Session, Parcel] | None:
        """The next session, with the parcel that it begins with; None where there is nothing more to send."""
        if ending.error is None:
            return None
        if ending.has_answered:
            self._tries = self._doubts = 0
            return await self._ready_for(ending.parcel or await self._handover.take())
        if ending.parcel is not None:
            self._handover.give_back(ending.parcel, was_tried=False)
        self._doubts = self._doubts + 1 if ending.left_doubt else 0
        if self._doubts >= DOUBTS_IN_A_ROW:
            raise self._failing("takes messages and does not say whether it has them", ending.error)
        return await self._ready_later("takes no message", ending.error, tried_at_s=monotonic())

    async def _ready_for(self, parcel: Parcel | None) -> tuple[Session, Parcel] | None:
        """A session for this parcel, where one can be opened at once."""
        if parcel is None:
            return None
        tried_at_s = monotonic()
        try:
            opened = await self._open()
        except BaseException:
            self._handover.give_back(parcel, was_tried=False)
            raise
        if isinstance(opened, Session):
            return opened, parcel
        self._handover.give_back(parcel, was_tried=False)
        return await self._ready_later("cannot be reached", opened, tried_at_s=tried_at_s)

    async def _ready_later(self, what: str, error: _InVain, *, tried_at_s: float) -> tuple[Session, Parcel] | None:
        """A session, after as many tries as patience allows, and then a parcel."""
        opened: Session | _InVain = error
        while not isinstance(opened, Session):
            self._tries += 1
            pause_s = self._transport.patience.pause_s(self._tries)
            if self._handover.is_closed:
                return None
            if self._transport.patience.is_over(tried_at_s=tried_at_s, next_at_s=monotonic() + pause_s):
                raise self._failing(what, opened) from opened
            if not await _paused(pause_s, self._handover):
                return None
            tried_at_s = monotonic()
            opened, what = await self._open(), "cannot be reached"
        return await self._with_parcel(opened)

    async def _with_parcel(self, session: Session) -> tuple[Session, Parcel] | None:
        try:
            parcel = await self._handover.take()
        except BaseException:
            session.drop()
            raise
        if parcel is not None:
            return session, parcel
        await session.quit()
        return None

    async def _open(self) -> Session | _InVain:
        """A session, or why there is none; not waited for when the run is stopped."""
        opening = asyncio.ensure_future(self._transport.open())
        try:
            while not opening.done() and not self._handover.is_closed:
                await asyncio.wait((opening,), timeout=LOOK_S)
        except BaseException:
            await _given_up(opening)
            raise
        if not opening.done():
            await _given_up(opening)
            return ConnectionAbortedError("the run was stopped")
        try:
            session = opening.result()
        except OSError as err:
            return err
        except ServerRefusalError as err:
            if err.is_for_now:
                self._transport.patience.met()
            return err
        self._transport.patience.met()
        return session

    def _failing(self, what: str, error: _InVain) -> SourceError:
        said = shortened(str(error), 300) or "it does not answer in time"
        todo = "check VEILLEE_SMTP_HOST, VEILLEE_SMTP_PORT and VEILLEE_SMTP_SECURITY, or wait and run this again"
        return SourceError(f"the mail server {self._transport.place} {what} ({said}); {todo}: nobody is lost")


def _tls_context(mail: MailSettings) -> ssl.SSLContext | None:
    if mail.security == "plain":
        return None
    try:
        return ssl.create_default_context(cafile=mail.authority)
    except OSError as err:  # ssl.SSLError is one
        todo = "check VEILLEE_SMTP_CA: a PEM file with the authority's certificate"
        raise ConfigurationError(f"{mail.authority}: the authority cannot be read ({err}); {todo}") from err


async def _given_up(opening: asyncio.Future[Session]) -> None:
    """Nobody wants the session any more."""
    opening.cancel()
    for result in await asyncio.gather(opening, return_exceptions=True):
        if isinstance(result, Session):
            result.drop()


async def _paused(seconds: float, handover: Handover) -> bool:
    """Whether, after a pause, there may still be something to send."""
    end_s = monotonic() + seconds
    while (left_s := end_s - monotonic()) > 0 and not handover.is_closed:
        await asyncio.sleep(min(LOOK_S, left_s))
    return not handover.is_closed
