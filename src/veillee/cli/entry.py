"""Where the `veillee` command begins: a build that would find nothing to do is over before the rest is loaded."""

from __future__ import annotations

import sys

from veillee.standstill import look_back


def main() -> None:
    """Runs the command."""
    if sys.argv[1:2] == ["build"]:
        look = look_back(sys.argv[1:])
        if look is not None and not look.changed:
            sys.stdout.write(f"{look.said}\n")
            return
    from veillee.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
