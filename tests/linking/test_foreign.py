"""RDF from outside is read in every format, and what is wrong or hostile in it is told by file and line."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from kg_builder.core.problems import Problem, ProblemsFound
from kg_builder.linking import untrusted_rdf as foreign
from kg_builder.linking.untrusted_rdf import read_foreign

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
SAID = "<http://e/a> <http://e/p> <http://e/b>"


def read(folder: Path, name: str, content: str | bytes, media: str = "") -> list[str]:
    """The quads of a file with some content, as N-Quads without their points."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [str(quad) for quad in read_foreign(path, media)]


def refused(folder: Path, name: str, content: str | bytes) -> Problem:
    """What is wrong with a file."""
    with pytest.raises(ProblemsFound) as caught:
        read(folder, name, content)
    (problem,) = caught.value.problems
    assert problem.location.file == str(folder / name)
    return problem


XML = f'<rdf:RDF {RDF}><rdf:Description rdf:about="http://e/a"><e:p rdf:resource="http://e/b"/></rdf:Description></rdf:RDF>'
JSON = '{"@id": "http://e/a", "http://e/p": {"@id": "http://e/b"}}'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", "@prefix e: <http://e/> . e:a e:p e:b ."),
        ("a.TTL", f"{SAID} ."),
        ("a.n3", f"{SAID} ."),
        ("a.nt", f"{SAID} .\n"),
        ("a.nq", f"{SAID} ."),
        ("a.trig", f"{{ {SAID} }}"),
        ("a.rdf", XML),
        ("a.owl", XML),
        ("a.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{XML}'),
        ("a.jsonld", JSON),
        ("a.json", JSON),
        ("turtle", f"# a comment\n\n@prefix e: <http://e/> .\n{SAID} ."),
        ("trig", f"{{ {SAID} }}"),
        ("lines", f"{SAID} ."),
        ("xml", f"\n{XML}"),
        ("declared", f'<?xml version="1.0"?><!-- about -->{XML}'),
        ("json", f"[{JSON}]"),
        ("a.txt", f"{SAID} ."),
    ],
)
def test_the_format_is_known_by_ending_or_content(name: str, content: str, tmp_path: Path) -> None:
    assert read(tmp_path, name, content) == [SAID]


def test_quads_are_known_by_their_content(tmp_path: Path) -> None:
    assert read(tmp_path, "quads", f"{SAID} .\n{SAID} <http://e/g> .") == [SAID, f"{SAID} <http://e/g>"]


def test_the_media_type_goes_before_the_ending(tmp_path: Path) -> None:
    assert read(tmp_path, "a.ttl", JSON, "application/ld+json") == [SAID]


@pytest.mark.parametrize(
    ("name", "content"), [("a.ttl", f"{SAID} ."), ("a.nt", f"{SAID} ."), ("a.rdf", XML), ("a", XML), ("a.json", JSON)]
)
def test_a_byte_order_mark_is_passed_over(name: str, content: str, tmp_path: Path) -> None:
    assert read(tmp_path, name, b"\xef\xbb\xbf" + content.encode()) == [SAID]


def test_text_is_whole_across_the_blocks_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "BLOCK", 3)
    content = '{"@id": "http://e/a", "http://e/p": "é\\\\\\"{日本"}'
    assert read(tmp_path, "a.json", content) == ['<http://e/a> <http://e/p> "é\\\\\\"{日本"']
    assert read(tmp_path, "a.rdf", XML) == [SAID]


# ---------------------------------------------------------------- RDF/XML

BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {one} "{f"&{other};" * 10}">' for other, one in zip("abcdefghi", "bcdefghij", strict=True))
    + f']><rdf:RDF {RDF}><rdf:Description rdf:about="http://e/a"><e:p>&j;</e:p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        f"<?xml version='1.0'?>\n<!doctype r SYSTEM 'file:///etc/passwd'>{XML}",
        f"<!DOCTYPE r PUBLIC 'x' 'http://127.0.0.1:9/x.dtd'>{XML}",
        f"<!--{'x' * 600_000}-->\n<!--{'x' * 100_000}-->{BOMB}",
    ],
    ids=["bomb", "file", "address", "behind-comments"],
)
def test_xml_with_a_doctype_is_refused(content: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "a.rdf", content).rule == "doctype"


def test_a_doctype_is_seen_where_two_blocks_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "BLOCK", 4)
    assert refused(tmp_path, "a.rdf", BOMB).rule == "doctype"


def test_a_doctype_is_told_with_its_line(tmp_path: Path) -> None:
    assert str(refused(tmp_path, "a.rdf", f"<?xml version='1.0'?>\n\n<!DOCTYPE r []>{XML}")).endswith(
        "a.rdf:3: found <!DOCTYPE in RDF/XML, expected RDF/XML without it. Write its entities out."
    )


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (XML[:-10], 1, "a syntax error at column 176 (no element found)"),
        ("", 1, "a syntax error at column 1 (no element found)"),
        (f"{XML}\n{XML}", 2, "a syntax error at column 1 (junk after document element)"),
        (f"<rdf:RDF {RDF}>\n<e:p>&x;</e:p></rdf:RDF>", 2, "a syntax error at column 6 (undefined entity)"),
        (
            f'<rdf:RDF {RDF}>\n\n<rdf:Description rdf:about="http://e/ a"/>\n</rdf:RDF>',
            3,
            "a syntax error (error while parsing IRI 'http://e/ a': Invalid IRI code point ' ')",
        ),
        (
            f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{XML}',
            1,
            "a syntax error (Only UTF-8 is supported by the RDF/XML parser)",
        ),
    ],
    ids=["broken-off", "empty", "two-roots", "entity", "iri", "encoding"],
)
def test_bad_xml_is_told_with_its_line(content: str, line: int, found: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, "a.rdf", content)
    assert (problem.location.line, problem.found) == (line, found)


@pytest.mark.parametrize(
    "content",
    ["<e:p>" * 5_000, f'<e:p {" ".join(f"""e:a{n}="1" """ for n in range(2_000))}/>'],
    ids=["deep", "wide"],
)
def test_xml_that_would_take_long_is_refused(content: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "a.rdf", f"<rdf:RDF {RDF}>{content}").rule == "depth"


# ---------------------------------------------------------------- JSON-LD


@pytest.mark.parametrize(
    "context",
    [
        '"http://127.0.0.1:9/context"',
        '"file:///etc/passwd"',
        '"context.jsonld"',
        '[{"p": "http://e/p"}, "file:///etc/passwd"]',
        '{"@version": 1.1, "@import": "http://127.0.0.1:9/context"}',
        '{"p": {"@id": "http://e/p", "@context": "file:///etc/passwd"}}',
        '{"T": {"@id": "http://e/T", "@context": ["http://127.0.0.1:9/context"]}}',
    ],
)
def test_a_context_elsewhere_is_refused_and_not_read(
    context: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    (tmp_path / "context.jsonld").write_text('{"@context": {"p": "http://e/p"}}')
    problem = refused(tmp_path, "a.jsonld", f'{{\n"@context": {context},\n"@id": "http://e/a", "p": 1}}')
    assert (problem.location.line, problem.rule, problem.found) == (2, "context", "a context that stands elsewhere")


def test_a_context_within_a_node_is_refused_too(tmp_path: Path) -> None:
    content = '[{"@id": "http://e/a",\n "http://e/p": {"@context": "file:///etc/passwd", "@id": "http://e/b"}}]'
    problem = refused(tmp_path, "a.jsonld", content)
    assert (problem.location.line, problem.rule) == (2, "context")


def test_a_context_in_the_file_gives_keys_their_meaning(tmp_path: Path) -> None:
    content = '{"@context": {"p": {"@id": "http://e/p", "@type": "@id"}}, "@id": "http://e/a", "p": "http://e/b"}'
    assert read(tmp_path, "a.jsonld", content) == [SAID]


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (
            '{"@id": "http://e/a",\n"http://e/p":}',
            2,
            "a syntax error at column 14 (Unexpected closing curly bracket, no array to close)",
        ),
        (
            '{"@id": "http://e/a",\n"http://e/p": {"@id": "http://e/ b"}}',
            2,
            "\"http://e/ b\" (Invalid IRI code point ' ')",
        ),
        ('{"@id": "http://e/a",\n"http://e/p": {"@id": "b"}}', 2, '"b" (No scheme found in an absolute IRI)'),
        (
            '{"@id": "http://e/a",\n"http://e/p":\n{"@value": "x", "@language": "a b"}}',
            0,
            '"<http://e/a> <http://e/p> \\"x\\"@a b" (The given language subtag is invalid)',
        ),
    ],
)
def test_bad_jsonld_is_told_with_its_line(content: str, line: int, found: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, "a.jsonld", content)
    assert (problem.location.line, problem.found) == (line, found)


def test_keys_without_a_meaning_are_passed_over_as_jsonld_says(tmp_path: Path) -> None:
    assert read(tmp_path, "a.jsonld", JSON.replace("{", '{"note": "x", ', 1)) == [SAID]


@pytest.mark.parametrize("depth", [300, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"http://e/p":', "}"), ("[", "]")])
def test_deep_json_is_refused(depth: int, opening: str, closing: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "a.json", opening * depth + "1" + closing * depth).rule == "depth"


# ---------------------------------------------------------------- every format


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (
            f"{SAID} .\n<http://e/a> <http://e/p> <http://e/b c> .",
            2,
            "a syntax error at column 27 (Invalid IRI code point ' ')",
        ),
        (f"{SAID} .\n<a> <http://e/p> 1 .", 2, "a syntax error at column 1 (No scheme found in an absolute IRI)"),
        (f"{SAID} .\n<http://e/a> <http://e/p> 1", 2, "a syntax error at column 28 (Unexpected end)"),
        (f"{SAID} .\nx:a x:b 1 .", 2, "a syntax error at column 1 (The prefix x: has not been declared)"),
    ],
)
def test_bad_turtle_is_told_with_its_line(content: str, line: int, found: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, "a.ttl", content)
    assert (problem.location.line, problem.found) == (line, found)


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.rdf", "a.json"])
@pytest.mark.parametrize(
    ("content", "line", "rule", "found"),
    [
        (b"# a\n# \xe9 x", 2, "encoding", "the byte 0xE9 at offset 6, which is not UTF-8"),
        ("# a".encode("utf-16"), 1, "encoding", "the byte 0xFF at offset 0, which is not UTF-8"),
        (b"# a\n\n# \0", 3, "control", "the control character U+0000 at offset 7"),
    ],
)
def test_what_is_no_clean_text_is_told_with_its_line(
    name: str, content: bytes, line: int, rule: str, found: str, tmp_path: Path
) -> None:
    problem = refused(tmp_path, name, content)
    assert (problem.location.line, problem.rule, problem.found) == (line, rule, found)


def test_a_letter_that_is_broken_off_at_the_end_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "a.ttl", b"# a\n# \xc3").found == "the byte 0xC3 at offset 6, which is not UTF-8"


def test_a_byte_that_is_not_utf8_is_found_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "BLOCK", 4)
    assert refused(tmp_path, "a.ttl", b"# a\n# \xc3x").found == "the byte 0xC3 at offset 6, which is not UTF-8"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("<http://e/a> <http://e/p> <<( <http://e/a> <http://e/p> 1 )>> .", "triple"),
        ('<http://e/a> <http://e/p> "\\u0000" .', "literal"),
        (f'<http://e/a> <http://e/p> "{"x" * 1_000_001}" .', "literal"),
        (f'<http://e/a> <http://e/p> "{"x" * 17_000_000}" .', "size"),
        (f"# {'x' * 17_000_000}\n{SAID} .", "size"),
    ],
    ids=["triple", "nul", "long", "longer", "comment"],
)
def test_terms_that_the_graph_cannot_hold_are_refused(content: str, rule: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "a.ttl", content).rule == rule


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "FILE_LIMIT", 50)
    assert refused(tmp_path, "a.ttl", f"{SAID} .\n" * 2).found == "more than 50 bytes"


def test_what_stands_before_a_fault_has_been_read(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(f"{SAID} .\n<x", encoding="utf-8")
    quads = read_foreign(tmp_path / "a.nt")
    assert str(next(quads)) == SAID
    with pytest.raises(ProblemsFound):
        next(quads)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (Path.mkdir, "something that is not a file"),
        (fifo, "something that is not a file"),
        (loop, "a file that cannot be read (Too many levels of symbolic links)"),
        (Path.exists, "a file that cannot be read (No such file or directory)"),
    ],
    ids=["folder", "fifo", "loop", "nothing"],
)
def test_what_is_no_file_is_refused(make: object, found: str, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / "a.ttl")
    with pytest.raises(ProblemsFound) as caught:
        list(read_foreign(tmp_path / "a.ttl"))
    assert [problem.found for problem in caught.value.problems] == [found]
