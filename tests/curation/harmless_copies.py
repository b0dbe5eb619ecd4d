"""Changes of a report's text that change nothing a reader would read, as other tools and fonts make them."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator

Change = Callable[[str], str]

LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ"}
STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
GERMAN = str.maketrans({"“": "„", "”": "“"})
GUILLEMETS = str.maketrans({"“": "«", "”": "»"})
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("0"), ord("9") + 1)})
HYPHEN_AT_END = re.compile(r"(?<=[^\W\d_])-[ ]*\n(?=[^\W\d_])")


def with_ligatures(text: str) -> str:
    for letters, ligature in LIGATURES.items():
        text = text.replace(letters, ligature)
    return text


def with_soft_hyphens(text: str) -> str:
    return re.sub(r"(?<=[^\W\d_]{4})(?=[^\W\d_]{4})", "\u00ad", text)


def paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text)


def wrapped(width: int) -> Change:
    """The lines of each paragraph broken again after so many characters."""
    return lambda text: "\n\n".join(textwrap.fill(" ".join(each.split()), width) for each in paragraphs(text))


def hyphenated(text: str) -> str:
    """Narrow lines, with long words divided at their ends."""
    lines = []
    for each in paragraphs(text):
        line = ""
        for word in each.split():
            room = 36 - len(line)
            if len(word) <= room:
                line += word + " "
            elif word.isalpha() and len(word) > 8 and 3 <= room - 1 <= len(word) - 3:
                lines.append(f"{line}{word[: room - 1]}-")
                line = word[room - 1 :] + " "
            else:
                lines.append(line.rstrip())
                line = word + " "
        lines += [line.rstrip(), ""]
    return "\n".join(lines)


def paged(text: str) -> str:
    """A header, a footer with the number of the page and a form feed after every 50 lines."""
    lines = text.split("\n")
    pages = ["\n".join(lines[first : first + 50]) for first in range(0, len(lines), 50)]
    return "\f".join(f"My library\n\n{page}\n\nCopied for own use\n" for page in pages)


def joined(text: str) -> str:
    return HYPHEN_AT_END.sub("", text)


HARMLESS: dict[str, Change] = {
    "a preface": lambda text: "Copied by me\n\n" + text,
    "a remark at the end": lambda text: text + "\nRead on Monday\n",
    "ligatures": with_ligatures,
    "soft hyphens within words": with_soft_hyphens,
    "straight quotes": lambda text: text.translate(STRAIGHT),
    "German quotes": lambda text: text.translate(GERMAN),
    "guillemets": lambda text: text.translate(GUILLEMETS),
    "no double quotes": lambda text: re.sub("[“”]", "", text),
    "hyphens at line ends joined": joined,
    "hyphens at line ends made soft": lambda text: HYPHEN_AT_END.sub("\u00ad\n", text),
    "non-breaking hyphens": lambda text: text.replace("-", "\u2011"),
    "en dashes as hyphens": lambda text: text.replace("–", "-"),
    "en dashes as em dashes": lambda text: text.replace("–", "—"),
    "minus signs for en dashes": lambda text: text.replace("–", "\u2212"),
    "non-breaking spaces": lambda text: text.replace(" ", "\u00a0"),
    "thin spaces before percent signs": lambda text: re.sub(r"(?<=\d) ?%", "\u202f%", text),
    "no space before percent signs": lambda text: re.sub(r"(?<=\d) +%", "%", text),
    "double spaces": lambda text: text.replace(" ", "  "),
    "tabs": lambda text: text.replace(" ", "\t"),
    "trailing spaces removed": lambda text: "\n".join(map(str.rstrip, text.split("\n"))),
    "blank lines removed": lambda text: re.sub(r"\n\s*\n", "\n", text),
    "blank lines doubled": lambda text: text.replace("\n\n", "\n\n\n\n"),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "line ends of old Macs": lambda text: text.replace("\n", "\r"),
    "line separators of Unicode": lambda text: text.replace("\n", "\u2028"),
    "lines of 60 characters": wrapped(60),
    "lines of 100 characters": wrapped(100),
    "one line for each paragraph": wrapped(100_000),
    "all in one line": lambda text: " ".join(text.split()),
    "one word on each line": lambda text: "\n".join(text.split()),
    "narrow lines with hyphens": hyphenated,
    "letters and accents apart": lambda text: unicodedata.normalize("NFD", text),
    "wide digits": lambda text: text.translate(WIDE),
    "capitals": str.upper,
    "a byte order mark": lambda text: "\ufeff" + text,
    "headers, footers and form feeds": paged,
    "zero-width spaces": lambda text: text.replace("/", "/\u200b"),
    "bullets before lines": lambda text: re.sub(r"(?m)^(?=\w)", "• ", text),
    "indented lines": lambda text: "\n".join(f"    {line}" for line in text.split("\n")),
    "the text of all at once": lambda text: joined(with_ligatures(text)).translate(STRAIGHT).replace(" ", "\u00a0"),
}


def harmless_copies(text: str) -> Iterator[tuple[str, str]]:
    """Yield all copies, each with its name."""
    for name, change in HARMLESS.items():
        yield name, change(text)
