"""Parcels over one SMTP session: offered, handed over, settled by the server's answers.

A message is handed over by its final dot (RFC 5321 section 4.1.1.4): whatever breaks before it, the message has
certainly not left; whatever breaks after it and before the answer leaves a doubt. Where the server offers PIPELINING,
the next envelope follows the dot in the same packet: one round trip a message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from veillee.delivery.envelope import Handover, Outcome, Parcel, Reply
from veillee.delivery.transports.lines import final_dot, stuffed
from veillee.delivery.transports.smtp_session import Session, check_sender
from veillee.delivery.transports.verdicts import Refusal, outcome_of, outcome_of_end
from veillee.delivery.transports.wire import WireError
from veillee.shown import shortened

TOGETHER_BYTES = 256 * 1024
"""A message up to this size leaves in one piece with its end; a larger one is first brought on its way."""

OnAnswer = Callable[[Refusal | None], None]
"""Called when the server has said what becomes of a message: None where it has taken it. May raise."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session came to its end, with the parcel that is still in hand."""

    parcel: Parcel | None = None
    has_answered: bool = True  # to a message at least
    left_doubt: bool = False
    error: OSError | None = None


class Conversation:
    """One session's parcels, until there are no more or the line breaks."""

    def __init__(self, session: Session, handover: Handover, on_answer: OnAnswer) -> None:
        self._session = session
        self._handover = handover
        self._on_answer = on_answer
        self._unsent: Parcel | None = None  # taken, and its end not written
        self._following: Parcel | None = None  # taken while the one before is not ended
        self._ended: Parcel | None = None  # its end may have left
        self._has_answered = False

    async def hold(self, parcel: Parcel) -> Ending:
        """Carries this parcel and all that follow. Whatever happens, each is settled, given back, or in the ending."""
        self._unsent = parcel
        try:
            await self._hold()
        except OSError as err:  # TimeoutError is one
            return self._broken(err)
        except BaseException:
            self._abandon()
            raise
        await self._session.quit()
        return Ending(has_answered=self._has_answered)

    async def _hold(self) -> None:
        is_written = False
        while (parcel := self._unsent) is not None:
            if await self._is_wanted(parcel, is_written=is_written):
                is_written = await self._send(parcel)
            else:
                is_written = False
            if self._unsent is None:
                self._unsent = await self._handover.take()

    async def _is_wanted(self, parcel: Parcel, *, is_written: bool) -> bool:
        """Whether the server now waits for the message; if not, it is settled."""
        if not is_written:
            check_sender(parcel.envelope)
            if known := self._session.refusal_of(parcel):
                self._unsent = None
                self._handover.settle(parcel, known)
                return False
        refusal = await self._session.offer(parcel, is_written=is_written)
        if refusal is None:
            return True
        self._refused(parcel, refusal)
        if self._session.is_spent:
            raise WireError("the server waits for a message that it has refused")
        return False

    def _refused(self, parcel: Parcel, refusal: Refusal) -> None:
        """Told first: whoever hears it may stop the run, and then the parcel is given back."""
        self._has_answered = True
        self._on_answer(refusal)
        self._unsent = None
        self._handover.settle(parcel, outcome_of(refusal))

    async def _send(self, parcel: Parcel) -> bool:
        """The message, its end, and the envelope of the next one; whether there was one."""
        message = parcel.message if parcel.is_sound else stuffed(parcel.message)
        end = final_dot(message)
        if len(message) > TOGETHER_BYTES:
            self._session.write(message)
            await self._session.drained()
            message = b""
        if (said := await self._session.interruption()) is not None:
            self._refused(parcel, Refusal(".", said))
            raise WireError(f"the server did not want to hear the end: {said.words}")
        self._take_following()
        self._session.check()
        self._handover.about_to_end(parcel)
        following = self._following
        self._ended, self._unsent, self._following = parcel, following, None
        envelope = b"" if following is None else self._session.envelope(following)
        self._session.write(b"%b%b%b" % (message, end, envelope))
        await self._hear_end(parcel)
        return following is not None

    async def _hear_end(self, parcel: Parcel) -> None:
        reply = await self._session.end()
        outcome = outcome_of_end(reply)
        if outcome.reply is Reply.IN_DOUBT:  # no answer to this: as if the line had broken
            raise WireError(reply.words)
        self._ended = None
        self._has_answered = self._has_answered or reply.code != 421  # whoever only says goodbye is left alone a while
        self._handover.settle(parcel, outcome)
        if reply.code == 421:
            raise WireError(reply.words)
        self._on_answer(None if outcome.reply is Reply.ACCEPTED else Refusal(".", reply))

    def _take_following(self) -> None:
        """The next parcel, where one is at hand and the server can hear of it already."""
        if not self._session.is_pipelining:
            return
        while (parcel := self._handover.take_ready()) is not None:
            self._following = parcel
            check_sender(parcel.envelope)
            refusal = self._session.refusal_of(parcel)
            if refusal is None:
                return
            self._following = None
            self._handover.settle(parcel, refusal)

    def _broken(self, err: OSError) -> Ending:
        """The line broke. What the server may be to blame for is given back; who only stood behind stays in hand."""
        self._session.drop()
        ended, self._ended = self._ended, None
        in_hand, self._unsent = self._unsent, None
        following, self._following = self._following, None
        if following is not None:
            self._handover.give_back(following, was_tried=False)
        if ended is not None:
            try:
                self._doubt(ended, f" ({shortened(str(err), 200) or 'no answer in time'})")
            except BaseException:
                self._unsent = in_hand
                self._abandon()
                raise
        elif in_hand is not None and not self._has_answered:
            self._handover.give_back(in_hand)
            in_hand = None
        return Ending(in_hand, has_answered=self._has_answered, left_doubt=ended is not None, error=err)

    def _abandon(self) -> None:
        """The run stops here."""
        self._session.drop()
        for parcel in (self._following, self._unsent):
            if parcel is not None:
                self._handover.give_back(parcel, was_tried=False)
        if self._ended is not None:
            self._doubt(self._ended, "")

    def _doubt(self, parcel: Parcel, said: str) -> None:
        self._handover.settle(parcel, Outcome(Reply.IN_DOUBT, f"the line broke before the server's answer{said}"))
