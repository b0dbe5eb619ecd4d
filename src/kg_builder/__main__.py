"""`python -m kg_builder` is the same as `kg-builder`."""

import sys

SYSTEMS = ("linux", "darwin")
"""The supported systems: the program forks processes and locks folders, which other systems do not support."""


def run() -> int:
    """Run the command line; an interrupt before a command starts ends the program without a traceback."""
    if sys.platform not in SYSTEMS:
        sys.stderr.write("kg-builder runs on Linux and macOS. On Windows, run it in the Windows Subsystem for Linux.\n")
        return 1
    try:
        from kg_builder.cli.main import main  # noqa: PLC0415  (see above)

        return main()
    except KeyboardInterrupt:
        return 130
    except ImportError as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # modules in C++ raise ImportError instead
            return 130
        raise


if __name__ == "__main__":
    sys.exit(run())
