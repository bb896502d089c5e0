"""The preview's server beside the builds: in a process of its own, which answers while a build is at work.

A build may then share its work among processes, which it does not beside threads. Where the system cannot fork, the
server is a thread.
"""

from __future__ import annotations

import os
import signal
import traceback
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from veillee.errors import SourceError
from veillee.site.preview.live import LiveState
from veillee.site.preview.serving import PreviewServer


class ServerBeside:
    """Begins to serve at once, and until `stop` or the end of this process, however that comes.

    `process` is the number of the other one, 0 where there is none.
    """

    def __init__(self, server: PreviewServer) -> None:
        self._server = server
        self.process = 0
        self._pipe: Connection | None = None
        if not hasattr(os, "fork"):
            server.start()
            return
        self._pipe, theirs = Pipe()
        self.process = os.fork()
        if self.process == 0:
            self._pipe.close()
            _serve(server, theirs)
        theirs.close()
        server.server_close()  # the other process has it now

    def show(self, state: LiveState, *, output: Path, base_path: str) -> None:
        """The site as it was just built: every page that is asked for from here on tells of it.

        Raises SourceError where the server is not there any more.
        """
        if self._pipe is None:
            _take(self._server, (state, output, base_path))
            return
        try:
            self._pipe.send((state, output, base_path))
            self._pipe.recv()
        except (EOFError, OSError) as error:
            raise SourceError("the server of the preview has ended; run veillee serve again") from error

    def stop(self) -> None:
        """Ends the server; a second time does nothing."""
        if self._pipe is None:
            self._server.shutdown()
            self._server.server_close()
        elif self.process:
            self._pipe.close()
            os.waitpid(self.process, 0)
            self.process = 0


def _serve(server: PreviewServer, pipe: Connection) -> None:
    """The life of the other process; Ctrl-C is heard by the one that builds."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        server.start()
        while True:
            _take(server, pipe.recv())
            pipe.send(None)
    except (EOFError, OSError):
        os._exit(0)  # who builds has ended
    except BaseException:  # noqa: BLE001 whatever it is, this copy of the command does nothing else
        traceback.print_exc()
        os._exit(1)


def _take(server: PreviewServer, found: tuple[LiveState, Path, str]) -> None:
    state, server.output, base_path = found
    server.base_path = base_path.rstrip("/")
    server.board.show(state)
