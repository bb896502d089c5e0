"""Where the `veillee` command begins: a build that would find nothing to do is over before the rest is loaded."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from veillee.standstill import Look, look_back


def main() -> None:
    """Runs the command."""
    if sys.argv[1:2] == ["build"]:
        gc.disable()  # what a build makes it needs to its end, and then everything is left at once
        look = look_back(sys.argv[1:])
        if look is not None and not look.changed:
            sys.stderr.write(look.aside)
            sys.stdout.write(f"{look.said}\n")
            return
        if look is not None and look.mark and _is_built_again(look):
            _leave(0)
    from veillee.cli.main import main as run

    try:
        run()
    except SystemExit as end:
        if isinstance(end.code, int):
            _leave(end.code)
        raise


def _is_built_again(look: Look) -> bool:
    from veillee.cli.again import is_built_again

    return is_built_again(look)


def _leave(code: int) -> None:
    """Ends the process, without taking apart one by one all the objects of a build."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
