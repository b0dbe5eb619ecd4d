"""Reads the small text files of a project (ontology and queries), and reports in one sentence why a read failed."""

from __future__ import annotations

from pathlib import Path

from kg_builder.core.problems import Problem, ProblemsFound


def text_of(path: Path, name: str, form: str) -> str:
    """Return the content of a UTF-8 file; raise `ProblemsFound` if it is missing, not a file, or not UTF-8.

    `name` is the file's name in messages, `form` its expected format, such as Turtle.
    """
    try:
        if path.exists() and not path.is_file():
            raise ProblemsFound(
                [Problem(name, 0, "", "file", "something that is not a file", "a plain file", "Remove it.")]
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        found, expected = "no file of that name", f"a readable {form} file in UTF-8"
        raise ProblemsFound([Problem(name, 0, "", "file", found, expected, "Is --root right?")]) from error
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise ProblemsFound([Problem(name, 0, "", "file", found, f"a readable {form} file in UTF-8")]) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02X} at offset {error.start}, which is not UTF-8"
        raise ProblemsFound(
            [Problem(name, line, "", "encoding", found, "UTF-8 text", "Save the file as UTF-8.")]
        ) from error


def folder_of(path: Path, name: str, holding: str) -> Path:
    """Return a folder; raise `ProblemsFound` if it does not exist."""
    if not path.is_dir():
        found, expected = "no folder of that name", f"a folder with {holding}"
        raise ProblemsFound([Problem(name, 0, "", "folder", found, expected, "Is --root right?")])
    return path
