"""Where the `veillee` command begins: a build that would find nothing to do is over before the rest is loaded."""

from __future__ import annotations

import sys

from veillee.standstill import unchanged_since_last


def main() -> None:
    """Runs the command."""
    if sys.argv[1:2] == ["build"]:
        said = unchanged_since_last(sys.argv[1:])
        if said is not None:
            sys.stdout.write(f"{said}\n")
            return
    from veillee.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
