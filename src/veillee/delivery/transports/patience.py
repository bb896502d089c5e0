"""How long a run waits for a server that is away. Pure: instants are arguments, in seconds of a clock that never jumps.

One for all connections of a run: where a server that lets in only two of five answers these two, it is not away.
"""

from __future__ import annotations

PATIENCE_S = 120.0
"""How long a server that is known to be there may be away before the run stops."""
FIRST_PATIENCE_S = 4.0
"""How long one of which nothing was heard: most likely its name is wrong, and somebody waits at the terminal."""
FIRST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_PAUSE_OF_ONE_S = 0.5, 15.0, 60.0


class Patience:
    """`limit_s` is the most of both. A connection is good once the server has answered on it to a message."""

    def __init__(
        self,
        limit_s: float = PATIENCE_S,
        *,
        first_limit_s: float = FIRST_PATIENCE_S,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._limit_s = limit_s
        self._first_limit_s = min(first_limit_s, limit_s)
        self._first_pause_s = first_pause_s
        self._is_there = False
        self._away_since_s: float | None = None
        self._good: set[object] = set()

    def met(self) -> None:
        """The server has let us in, or said that it is busy. A first answer may be slow: it looks at the message."""
        self._is_there = True

    def answered(self, connection: object) -> None:
        """The server has said on this connection what becomes of a message."""
        self._is_there = True
        self._away_since_s = None
        self._good.add(connection)

    def ended(self, connection: object) -> None:
        """A connection, good or not, is no more."""
        self._good.discard(connection)

    @property
    def is_away(self) -> bool:
        """Whether no connection is good."""
        return not self._good

    def is_over(self, *, tried_at_s: float, next_at_s: float) -> bool:
        """Whether after a try in vain another one is of no use."""
        if not self.is_away:
            self._away_since_s = None
            return False
        if self._away_since_s is None:
            self._away_since_s = tried_at_s
        limit_s = self._limit_s if self._is_there else self._first_limit_s
        return next_at_s - self._away_since_s > limit_s

    def pause_s(self, tries: int) -> float:
        """How long to wait after so many tries in vain, one after the other."""
        longest_s = LONGEST_PAUSE_S if self.is_away else LONGEST_PAUSE_OF_ONE_S
        return float(min(self._first_pause_s * 2 ** min(tries - 1, 10), longest_s))
