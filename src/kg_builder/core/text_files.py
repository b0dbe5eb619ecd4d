"""Reads the small text files of a project (ontology and queries), and reports in one sentence why a read failed."""

from __future__ import annotations

from pathlib import Path

from kg_builder.core.problems import Location, ProblemsFound


def text_of(path: Path, name: str, form: str) -> str:
    """Return the content of a UTF-8 file; raise `ProblemsFound` if it is missing, not a file, or not UTF-8.

    `name` is the file's name in messages, `form` its expected format, such as Turtle.
    """
    try:
        if path.exists() and not path.is_file():
            raise ProblemsFound.at(
                Location(name),
                rule="file",
                found="something that is not a file",
                expected="a plain file",
                hint="Remove it.",
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ProblemsFound.at(
            Location(name),
            rule="file",
            found="no file of that name",
            expected=f"a readable {form} file in UTF-8",
            hint="Is --root right?",
        ) from error
    except OSError as error:
        raise ProblemsFound.at(
            Location(name),
            rule="file",
            found=f"a file that cannot be read ({error.strerror})",
            expected=f"a readable {form} file in UTF-8",
        ) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProblemsFound.at(
            Location(name, line),
            rule="encoding",
            found=f"the byte 0x{content[error.start]:02X} at offset {error.start}, which is not UTF-8",
            expected="UTF-8 text",
            hint="Save the file as UTF-8.",
        ) from error


def folder_of(path: Path, name: str, holding: str) -> Path:
    """Return a folder; raise `ProblemsFound` if it does not exist."""
    if not path.is_dir():
        found, expected = "no folder of that name", f"a folder with {holding}"
        raise ProblemsFound.at(Location(name), rule="folder", found=found, expected=expected, hint="Is --root right?")
    return path
