"""`python -m kg_builder` is the same as `kg-builder`."""

import sys


def run() -> int:
    """Run the command line; an interrupt before a command has begun ends it without a traceback."""
    try:
        from kg_builder.cli.main import main  # noqa: PLC0415  (see above)

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
