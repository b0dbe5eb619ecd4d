"""The example's project as a curator has it: with its last good build, which a faulty change must leave alone."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import shutil
from pathlib import Path

from kg_builder.cli.main import main
from kg_builder.exports.outputs import OUTPUTS

FILES = tuple(output.name for output in OUTPUTS)
"""All outputs but the site, which takes most of the time of a small build."""

WITHOUT_SITE = tuple(word for name in FILES for word in ("--format", name))


@dataclasses.dataclass(frozen=True)
class Run:
    """What one command printed and returned."""

    code: int
    printed: str
    sentences: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Draft:
    """A project at `root` whose last good build is at `out`; a change of ontology or queries is made in a copy."""

    root: Path
    out: Path

    def path(self, name: str) -> Path:
        """Return where a file of the project is, in a folder that may be changed."""
        folder = self.root / name.split("/", maxsplit=1)[0]
        if folder.is_symlink():
            original = folder.resolve()
            folder.unlink()
            shutil.copytree(original, folder)
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def shapes_with(self, text: str) -> str:
        """Return the name of the first file of shapes that holds a text."""
        files = sorted((self.root / "ontology/shapes").glob("*.ttl"))
        (found, *_) = (path for path in files if text in path.read_text(encoding="utf-8"))
        return found.relative_to(self.root).as_posix()

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the project, byte for byte."""
        self.path(name).write_bytes(content.encode() if isinstance(content, str) else content)

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first occurrence of a piece of a file."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, 1))

    def run(self, command: str, *options: str) -> Run:
        """Run a command on the project."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([command, "--root", str(self.root), *options])
        return Run(code, out.getvalue(), tuple(err.getvalue().splitlines()))

    def build(self, *options: str) -> Run:
        """Build the project into `out`, without its site unless formats are given."""
        formats = () if "--format" in options else WITHOUT_SITE
        return self.run("build", "--out", str(self.out), *formats, *options)

    def refusal(self, *options: str) -> list[str]:
        """Build the project, which must fail, count its errors and leave `out` alone; return the sentences."""
        before = contents(self.out)
        run = self.build(*options)
        assert run.code == 1, run.printed
        *sentences, count = run.sentences
        assert count.endswith((" error; nothing was written.", " errors; nothing was written.")), run.sentences
        assert contents(self.out) == before
        assert not (self.out.parent / f".{self.out.name}.staging").exists()
        return sentences


def contents(path: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a folder, or of a file."""
    if path.is_dir():
        return {each.relative_to(path).as_posix(): each.read_bytes() for each in path.rglob("*") if each.is_file()}
    return {"": path.read_bytes()} if path.exists() else {}
