"""Faulty tables are refused with one sentence a problem, all at once, and the last good build stays as it was."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench import project_at
from tests.draft import Draft, contents
from tests.processes import COMMAND, as_anybody

UNITS = "id,label,definition\n"
CRIMES = "id,label,alt_labels,hidden_labels,definition,broader,related\n"
POPULATIONS = "id,label,definition,survey,part_of,selected_by,size,passage\n"

SAVE = "expected UTF-8 text. Save the table as UTF-8; the encoding is never guessed."
PLAIN = "expected plain text without it. Take it out; a cell has no line break or tab."
SHORTEN = "expected shorter cells. Shorten the cell."
COMMAS = "expected 3, as in the header. Add or take away commas; quote text that has one."
QUOTES = 'expected quotes that open and close a whole cell. Write a quote inside a cell as "".'

TEXTS: dict[str, tuple[str | bytes, list[str]]] = {
    "utf-16": (
        (UNITS + "hours,hours,Hours.\n").encode("utf-16"),
        [f"1: found UTF-16 text, {SAVE}"],
    ),
    "utf-16-without-mark": (
        (UNITS + "hours,hours,Hours.\n").encode("utf-16-le"),
        [f"1: found UTF-16 text, {SAVE}"],
    ),
    "utf-16-big-endian-without-mark": (
        (UNITS + "hours,hours,Hours.\n").encode("utf-16-be"),
        [f"1: found UTF-16 text, {SAVE}"],
    ),
    "latin-1": (
        (UNITS + "hours,hours,Caf\xe9.\n").encode("latin-1"),
        [f"2: definition: found the byte 0xE9 at offset 35, which is not UTF-8, {SAVE}"],
    ),
    "latin-1-far-down": (
        (UNITS + "hours,hours,Hours.\n" * 100_000 + "hours,h\xe9,Hours.\n").encode("latin-1"),
        [f"100002: label: found the byte 0xE9 at offset 1900027, which is not UTF-8, {SAVE}"],
    ),
    "half-a-character": (
        UNITS.encode() + b"hours,hours,Caf\xc3\n",
        [f"2: definition: found the byte 0xC3 at offset 35, which is not UTF-8, {SAVE}"],
    ),
    "surrogate": (
        UNITS.encode() + b"hours,\xed\xa0\x80,Hours.\n",
        [f"2: label: found the byte 0xED at offset 26, which is not UTF-8, {SAVE}"],
    ),
    "nul": (
        UNITS + "hours,ho\0urs,Hours.\n",
        [f"2: label: found the control character U+0000, {PLAIN}"],
    ),
    "escape": (
        UNITS + "hours,hours,\x1b[31mHours.\n",
        [f"2: definition: found the control character U+001B, {PLAIN}"],
    ),
    "tab": (
        UNITS + "hours,hours,Hours\tand more.\n",
        [f"2: definition: found the control character U+0009, {PLAIN}"],
    ),
    "next-line": (
        UNITS + "hours,hours,Hours.\u0085\n",
        [f"2: definition: found the control character U+0085, {PLAIN}"],
    ),
    "carriage-return": (
        UNITS + "hours,ho\rurs,Hours.\n",
        [f"2: label: found the control character U+000D, {PLAIN}"],
    ),
    "old-mac": (
        "id,label,definition\rhours,hours,Hours.\r",
        [f"1: column 3: found the control character U+000D, {PLAIN}"],
    ),
    "escape-in-header": (
        "id,la\x1b[31mbel,definition\nhours,hours,Hours.\n",
        [f"1: column 2: found the control character U+001B, {PLAIN}"],
    ),
    "line-break-in-quotes": (
        UNITS + 'hours,"ho\nurs",Hours.\n',
        ["2: found a line break inside quotes, expected each row on one line. Close the quotes."],
    ),
    "quotes-that-stay-open": (
        UNITS + 'hours,"hours,Hours.\n',
        [f"2: found unexpected end of data, {QUOTES}"],
    ),
    "quotes-that-close-early": (
        UNITS + 'hours,"ho"urs,Hours.\n',
        [f"2: found ',' expected after '\"', {QUOTES}"],
    ),
    "empty": (
        "",
        [": found an empty file, expected a header line. Delete the file or write its header."],
    ),
    "a-line-feed": (
        "\n",
        [
            "1: id: found no such column, expected the required column id. Add it.",
            "1: label: found no such column, expected the required column label. Add it.",
        ],
    ),
    "blank-header-cell": (
        "id,label,\nhours,hours,Hours.\n",
        [
            (
                "1: column 3: found a blank header cell, expected the name of a column. "
                "Columns are id, label, definition, exact, per, of."
            ),
        ],
    ),
    "header-twice": (
        "id,label,label\nhours,hours,Hours.\n",
        ['1: label: found the column "label" twice, expected each column once. Remove one.'],
    ),
    "semicolons": (
        "id;label;definition\nhours;hours;Hours.\n",
        ['1: found the header "id;label;definition", expected columns separated by commas. Save with commas.'],
    ),
    "tabs": (
        "id\tlabel\tdefinition\nhours\thours\tHours.\n",
        ['1: found the header "id\\tlabel\\tdefinition", expected columns separated by commas. Save with commas.'],
    ),
    "typo-in-header": (
        "id,lable,definition\nhours,hours,Hours.\n",
        ['1: lable: found the unknown column "lable", expected a column of the table. Did you mean label?'],
    ),
    "typo-in-a-column-that-may-miss": (
        "id,label,defintion\nhours,hours,Hours.\n",
        [
            (
                '1: defintion: found the unknown column "defintion", expected a column of the table. '
                "Did you mean definition?"
            )
        ],
    ),
    "header-in-capitals": (
        "ID,label,definition\nhours,hours,Hours.\n",
        ['1: ID: found the unknown column "ID", expected a column of the table. Did you mean id?'],
    ),
    "header-with-a-blank": (
        "id, label,definition\nhours,hours,Hours.\n",
        ['1:  label: found the unknown column " label", expected a column of the table. Did you mean label?'],
    ),
    "extra-column": (
        "id,label,definition,colour\nhours,hours,Hours.,red\n",
        [
            (
                '1: colour: found the unknown column "colour", expected a column of the table. '
                "Columns are id, label, definition, exact, per, of."
            ),
        ],
    ),
    "missing-column": (
        "id,definition\nhours,Hours.\n",
        ["1: label: found no such column, expected the required column label. Add it."],
    ),
    "no-header": (
        "hours,hours,Hours.\n",
        [
            (
                '1: Hours.: found the unknown column "Hours.", expected a column of the table. '
                "Columns are id, label, definition, exact, per, of."
            ),
            '1: hours: found the column "hours" twice, expected each column once. Remove one.',
            (
                '1: hours: found the unknown column "hours", expected a column of the table. '
                "Columns are id, label, definition, exact, per, of."
            ),
            "1: id: found no such column, expected the required column id. Add it.",
            "1: label: found no such column, expected the required column label. Add it.",
        ],
    ),
    "short-and-long-rows": (
        UNITS + "hours,hours\ndays,days,Days.\nweeks,weeks,Weeks.,\nyears\n",
        [f"2: found 2 cells, {COMMAS}", f"4: found 4 cells, {COMMAS}", f"5: found 1 cell, {COMMAS}"],
    ),
    "blank-line": (
        UNITS + "\nhours,hours,Hours.\n",
        ["2: found a blank line, expected 3 cells. Delete the line."],
    ),
    "ten-megabytes": (
        UNITS + f"hours,hours,{'x' * 10_000_000}\n",
        [f"2: definition: found a line of more than 1,000,000 bytes, {SHORTEN}"],
    ),
    "twenty-megabytes": (
        UNITS + f"hours,{'x' * 20_000_000},Hours.\n",
        [f"2: label: found a line of more than 1,000,000 bytes, {SHORTEN}"],
    ),
    "a-megabyte-in-a-block-of-many-lines": (
        UNITS + "hours,hours,Hours.\n" * 10 + f"hours,hours,{'x' * 1_000_001}\n" + "hours,hours,Hours.\n",
        [f"12: definition: found a line of more than 1,000,000 bytes, {SHORTEN}"],
    ),
}
"""Contents of a table of units that is no table, and the sentences about it, each from the line on."""

ID = (
    "expected text that matches ^[a-z0-9]+(-[a-z0-9]+)*$. An id is lower-case ASCII letters and digits, "
    'joined by single hyphens, such as "trace-an-object".'
)
EDGES = ID.replace("text that matches ^[a-z0-9]+(-[a-z0-9]+)*$", "text without a blank at its start or end")
STRANGE = "expected text that matches ^[a-z0-9]+(-[a-z0-9]+)*$. It holds {}; use plain ASCII letters."

IDS = {
    "blank-at-the-end": ("hours ", f'found "hours ", {EDGES}'),
    "blank-at-the-start": (" hours", f'found " hours", {EDGES}'),
    "no-break-blank": ("hours\u00a0", f'found "hours\\u00a0", {EDGES}'),
    "blank": ("ho urs", f'found "ho urs", {ID}'),
    "less": ("ho<urs", f'found "ho<urs", {ID}'),
    "greater": ("ho>urs", f'found "ho>urs", {ID}'),
    "quote": ('"ho""urs"', f'found "ho\\"urs", {ID}'),
    "brace": ("ho{urs", f'found "ho{{urs", {ID}'),
    "backslash": ("ho\\urs", f'found "ho\\\\urs", {ID}'),
    "slash": ("ho/urs", f'found "ho/urs", {ID}'),
    "path": ("../../etc/passwd", f'found "../../etc/passwd", {ID}'),
    "per-cent": ("ho%20urs", f'found "ho%20urs", {ID}'),
    "capital": ("Hours", f'found "Hours", {ID}'),
    "hyphens": ("ho--urs", f'found "ho--urs", {ID}'),
    "zero-width": ("ho\u200burs", f'found "ho\\u200burs", {STRANGE.format("ZERO WIDTH SPACE (U+200B)")}'),
    "look-alike": ("h\u043eurs", f'found "h\u043eurs", {STRANGE.format("CYRILLIC SMALL LETTER O (U+043E)")}'),
    "full-width": ("\uff48ours", f'found "\uff48ours", {STRANGE.format("FULLWIDTH LATIN SMALL LETTER H (U+FF48)")}'),
    "override": ("\u202ehours", f'found "\\u202ehours", {STRANGE.format("RIGHT-TO-LEFT OVERRIDE (U+202E)")}'),
}
"""Ids that are none, and the sentence about each."""

POINT = "expected a decimal number with a point, such as 28.6."
LOW = "Lower bound, in percentage points or percent."
HIGH = "Upper bound, in percentage points or percent."
EXISTS = "expected a date that exists, as YYYY-MM-DD. The first day, where the report gives it."
WHOLE = "expected a whole number, such as 272."
TRUTH = (
    "expected true or false. true where numbers are counted or set, such as children, years of a calendar and prices; "
    "false or empty where they are measured or computed and therefore rounded, such as percentages."
)
ALONE = 'expected values separated by ";" alone. Other labels in use, current and respectful.'
ORGANISATION = "expected an id of shared/organisations.csv."
SUBJECT = (
    "expected type/id, the type one of age-bracket, challenge, crime, cryptocurrency, database, document, "
    "material-type, organisation, place, platform, product, project, service, technique, technology, threat."
)
LINK = "Remove one of the links."

CELLS: dict[str, tuple[str, str]] = {
    "quantifiers.per-cent": (
        "per-cent,x,,share,28.6%,100,",
        f'low: found "28.6%", {POINT} Leave the percent sign out; the unit has its own column.',
    ),
    "quantifiers.comma": (
        'comma,x,,share,"1,5",100,',
        f'low: found "1,5", {POINT} Write a decimal point instead of the comma.',
    ),
    "quantifiers.half-exponent": ("half-exponent,x,,share,2.5e,100,", f'low: found "2.5e", {POINT} {LOW}'),
    "quantifiers.exponent": ("exponent,x,,share,1e1,100,", f'low: found "1e1", {POINT} {LOW}'),
    "quantifiers.nan": ("nan,x,,share,NaN,100,", f'low: found "NaN", {POINT} {LOW}'),
    "quantifiers.infinity": ("infinity,x,,share,Infinity,100,", f'low: found "Infinity", {POINT} {LOW}'),
    "quantifiers.inf": ("inf,x,,share,-INF,100,", f'low: found "-INF", {POINT} {LOW}'),
    "quantifiers.huge": ("huge,x,,share,1e400,100,", f'low: found "1e400", {POINT} {LOW}'),
    "quantifiers.plus": ("plus,x,,share,+5,100,", f'low: found "+5", {POINT} {LOW}'),
    "quantifiers.half-point": ("half-point,x,,share,5.,100,", f'low: found "5.", {POINT} {LOW}'),
    "quantifiers.bare-point": ("bare-point,x,,share,.5,100,", f'low: found ".5", {POINT} {LOW}'),
    "quantifiers.zeros": ("zeros,x,,share,007,100,", f'low: found "007", {POINT} {LOW}'),
    "quantifiers.blank": ("blank,x,,share,1 5,100,", f'low: found "1 5", {POINT} {LOW}'),
    "quantifiers.hexadecimal": ("hexadecimal,x,,share,0x10,100,", f'low: found "0x10", {POINT} {LOW}'),
    "quantifiers.arabic": ("arabic,x,,share,\u0661,100,", f'low: found "\u0661", {POINT} {LOW}'),
    "quantifiers.minus": ("minus,x,,share,\u22125,100,", f'low: found "\u22125", {POINT} {LOW}'),
    "quantifiers.digits": (f"digits,x,,share,{'1' * 31},100,", f'low: found "{"1" * 31}", {POINT} {LOW}'),
    "quantifiers.below": ("below,x,,share,-100.1,100,", f'low: found "-100.1", expected at least -100. {LOW}'),
    "quantifiers.above": ("above,x,,share,0,1000.1,", f'high: found "1000.1", expected at most 1000. {HIGH}'),
    "quantifiers.order": ("order,x,,share,10,9.9,", f'low: found "10", expected not more than high. {LOW}'),
    "units.yes": ("yes,x,x,yes", f'exact: found "yes", {TRUTH}'),
    "units.capitals": ("capitals,x,x,TRUE", f'exact: found "TRUE", {TRUTH}'),
    "age_brackets.half": (
        "half,x,,,,1.5,2",
        (
            f'age_from: found "1.5", {WHOLE} The youngest age in completed years, included; '
            "empty where there is no lower bound."
        ),
    ),
    "age_brackets.thousands": (
        'thousands,x,,,,0,"1,000"',
        f'age_to: found "1,000", {WHOLE} Leave the comma out.',
    ),
    "documents.year": (
        "year,x,,,,18,,",
        (
            'issued: found "18", expected a year of four digits, such as 2018. '
            "The year of publication; empty for a series."
        ),
    ),
    "documents.list": ("list,x,one; two,,,,,", f'alt_labels: found " two", {ALONE}'),
    "documents.list-end": ("list-end,x,one;,,,,,", f'alt_labels: found "", {ALONE}'),
    "documents.long": (
        f"long,{'x' * 301},,,,,,",
        f'label: found "{"x" * 60}…", expected at most 300 characters. The preferred label.',
    ),
    "documents.far": (
        "far,x,,,,,nobody,",
        f'publisher: found a reference to nothing, "nobody", {ORGANISATION} Who published it.',
    ),
    "documents.near": (
        "near,x,,,,,exemple-institute,",
        f'publisher: found a reference to nothing, "exemple-institute", {ORGANISATION} Did you mean example-institute?',
    ),
    "documents.self": (
        "self,x,,,,,,self",
        f"series: found the circle self → self, expected a series that never leads back to its start. {LINK}",
    ),
    "crimes.circle": (
        "a,x,,,,b,\nb,x,,,,c,\nc,x,,,,a,",
        f"broader: found the circle a → b → c → a, expected a broader that never leads back to its start. {LINK}",
    ),
    "vocabularies.no-scheme": (
        "no-scheme,x,,,,example.org/,false",
        (
            'uri_space: found "example.org/", expected an absolute address. '
            "How the addresses of its terms begin; empty for codes without addresses."
        ),
    ),
    "surveys.february": (
        "february,x,,interview,2024-02-30,,officers,,,about-survey",
        f'start: found "2024-02-30", {EXISTS}',
    ),
    "surveys.month": (
        "month,x,,interview,2024-13-01,,officers,,,about-survey",
        f'start: found "2024-13-01", {EXISTS}',
    ),
    "surveys.dots": (
        "dots,x,,interview,01.02.2024,,officers,,,about-survey",
        f'start: found "01.02.2024", {EXISTS}',
    ),
    "surveys.time": (
        "time,x,,interview,2024-02-01T00:00:00,,officers,,,about-survey",
        f'start: found "2024-02-01T00:00:00", {EXISTS}',
    ),
    "surveys.backwards": (
        "backwards,x,,interview,2024-02-02,2024-02-01,officers,,,about-survey",
        'start: found "2024-02-02", expected not more than end. The first day, where the report gives it.',
    ),
    "mentions.near": (
        "near,threat/groming,topic,x,title",
        f'subject: found a reference to nothing, "threat/groming", {SUBJECT} Did you mean threat/grooming?',
    ),
    "mentions.unqualified": (
        "unqualified,grooming,topic,x,title",
        f'subject: found a reference to another kind, "grooming", {SUBJECT} Did you mean threat/grooming?',
    ),
    "mentions.code": (
        "code,threat/grooming,topik,x,title",
        (
            'role: found a reference to nothing, "topik", expected an id of a code list in ontology/codes.ttl. '
            "Did you mean topic?"
        ),
    ),
}
"""Files of one faulty row under the header of their table, and the sentence about it."""


LINK_COLUMNS = (
    "id\tsubject_id\tpredicate_id\tobject_id\tobject_source\tmapping_justification\tconfidence\tauthor_kind\tevidence\n"
)
MAPPING = (
    "one\tcpkg:threat/grooming\tskos:exactMatch\texample:one\tcpkg:vocabulary/example-vocabulary"
    "\tsemapv:LexicalMatching\t1\tprogram\tseen\n"
)
METADATA = "#curie_map:\n#  cpkg: https://w3id.org/child-protection-kg/\n#  example: http://example.org/voc/\n"
PREFIXES = "prefixes with their addresses, each as `prefix: address`."
MISSING = f"1: found no curie_map, expected a line `curie_map: …`, {PREFIXES}"
NO_YAML = "expected YAML behind #. Put text that has a colon in quotes."
WRITTEN_OUT = "expected plain texts, lists and mappings. Write it out."
BY_TABS = "expected columns separated by tabs. Save with tabs."
TABS = "expected 9, as in the header. Add or take away tabs; quote text that has one."
OBJECT = "The thing elsewhere, such as wikidata:Q34 or cpkg:external-code/…"

MAPPINGS: dict[str, tuple[str | bytes, list[str]]] = {
    "commas": (
        METADATA + LINK_COLUMNS.replace("\t", ",") + MAPPING.replace("\t", ","),
        [
            (
                '4: found the header "id,subject_id,predicate_id,object_id,object_source,mapping_j…", '
                "expected columns separated by tabs. Save with tabs."
            )
        ],
    ),
    "semicolons": (
        METADATA + "id;subject_id\n",
        [f'4: found the header "id;subject_id", {BY_TABS}'],
    ),
    "typo-in-header": (
        METADATA + LINK_COLUMNS.replace("evidence", "evidenze"),
        ['4: evidenze: found the unknown column "evidenze", expected a column of the table. Did you mean evidence?'],
    ),
    "short-and-long-rows": (
        METADATA + LINK_COLUMNS + MAPPING + "two\tcpkg:threat/grooming\n" + MAPPING.replace("seen", "seen\t"),
        [f"6: found 2 cells, {TABS}", f"7: found 10 cells, {TABS}"],
    ),
    "blank-line": (
        METADATA + LINK_COLUMNS + "\n" + MAPPING,
        ["5: found a blank line, expected 9 cells. Delete the line."],
    ),
    "remark-below-the-header": (
        METADATA + LINK_COLUMNS + "#license: none\n" + MAPPING,
        [f"5: found 1 cell, {TABS}"],
    ),
    "line-break-in-quotes": (
        METADATA + LINK_COLUMNS + MAPPING.replace("seen", '"se\nen"'),
        ["5: found a line break inside quotes, expected each row on one line. Close the quotes."],
    ),
    "quotes-that-stay-open": (
        METADATA + LINK_COLUMNS + MAPPING.replace("seen", '"seen'),
        [f"5: found unexpected end of data, {QUOTES}"],
    ),
    "latin-1": (
        (METADATA + LINK_COLUMNS + MAPPING.replace("seen", "s\xe9en")).encode("latin-1"),
        [f"5: evidence: found the byte 0xE9 at offset 322, which is not UTF-8, {SAVE}"],
    ),
    "escape": (
        METADATA + LINK_COLUMNS + MAPPING.replace("seen", "\x1b[31mseen"),
        [f"5: evidence: found the control character U+001B, {PLAIN}"],
    ),
    "a-long-line": (
        METADATA + LINK_COLUMNS + MAPPING.replace("seen", "x" * 1_000_001),
        [f"5: evidence: found a line of more than 1,000,000 bytes, {SHORTEN}"],
    ),
    "empty": (
        "",
        [": found an empty file, expected a header line. Delete the file or write its header."],
    ),
    "no-metadata": (
        LINK_COLUMNS + MAPPING,
        [MISSING],
    ),
    "no-prefixes": (
        "#license: none\n" + LINK_COLUMNS + MAPPING,
        [MISSING],
    ),
    "a-list-of-prefixes": (
        "#license: none\n#curie_map:\n#- cpkg\n" + LINK_COLUMNS + MAPPING,
        [f"3: found the curie_map a list, expected {PREFIXES}"],
    ),
    "a-prefix-of-prefixes": (
        "#curie_map:\n#  cpkg:\n#    threat: https://w3id.org/child-protection-kg/threat/\n" + LINK_COLUMNS + MAPPING,
        ["3: found the cpkg a mapping at column 6, expected the address that the prefix stands for."],
    ),
    "metadata-that-are-not-yaml": (
        METADATA + "#  skos http://www.w3.org/2004/02/skos/core#\n#license: none\n" + LINK_COLUMNS + MAPPING,
        [f"5: found a metadata block that is not YAML (could not find expected ':'), {NO_YAML}"],
    ),
    "a-tab-in-the-metadata": (
        METADATA + "#\tskos: http://www.w3.org/2004/02/skos/core#\n" + LINK_COLUMNS + MAPPING,
        [
            (
                "4: found a metadata block that is not YAML (found character '\\t' that cannot start any token), "
                f"{NO_YAML}"
            )
        ],
    ),
    "metadata-without-a-floor": (
        METADATA + "#x: " + "[" * 5_000 + "\n" + LINK_COLUMNS + MAPPING,
        [f"4: found more than 10 lists and mappings within each other at column 14, {WRITTEN_OUT}"],
    ),
    "a-prefix-twice": (
        METADATA + "#  example: http://example.org/other/\n" + LINK_COLUMNS + MAPPING,
        ["4: found the key example twice at column 4, expected each key once. Remove one."],
    ),
    "a-key-twice": (
        METADATA + "#license: none\n#license: none\n" + LINK_COLUMNS + MAPPING,
        ["5: found the key license twice, expected each key once. Remove one."],
    ),
    "a-misspelt-key": (
        METADATA + "#mapping_dat: 2026-11-23\n" + LINK_COLUMNS + MAPPING,
        [
            (
                '4: found the unknown key "mapping_dat", expected one of curie_map, '
                "extension_definitions, license, mapping_set_id, mapping_set_title, mapping_set_description, "
                "mapping_set_version, mapping_date, publication_date, comment, creator_id, creator_label …. "
                "Did you mean mapping_date?"
            )
        ],
    ),
    "misspelt-curie-map": (
        METADATA.replace("curie_map", "curie_maps") + LINK_COLUMNS + MAPPING,
        [
            MISSING,
            (
                '1: found the unknown key "curie_maps", expected one of curie_map, '
                "extension_definitions, license, mapping_set_id, mapping_set_title, mapping_set_description, "
                "mapping_set_version, mapping_date, publication_date, comment, creator_id, creator_label …. "
                "Did you mean curie_map?"
            ),
        ],
    ),
    "a-misspelt-key-of-an-extension": (
        METADATA + "#extension_definitions:\n#- slot: id\n" + LINK_COLUMNS + MAPPING,
        [
            "5: found no slot_name at column 4, expected a line `slot_name: …`, the name of a column.",
            (
                '5: found the unknown key "slot" at column 4, expected one of slot_name, property, type_hint. '
                "Did you mean slot_name?"
            ),
        ],
    ),
    "a-text-for-a-list": (
        METADATA + "#creator_id: orcid:1\n#extension_definitions: id\n" + LINK_COLUMNS + MAPPING,
        [
            '4: found the creator_id "orcid:1" at column 14, expected a list of texts.',
            '5: found the extension_definitions "id" at column 25, expected a list with a slot_name each.',
        ],
    ),
    "a-list-for-a-text": (
        METADATA + "#license: [none]\n#mapping_set_id:\n#  x: y\n" + LINK_COLUMNS + MAPPING,
        [
            "4: found the license a list at column 11, expected a text.",
            "6: found the mapping_set_id a mapping at column 4, expected a text.",
        ],
    ),
    "a-key-that-is-a-list": (
        METADATA + "#? [license]\n#: none\n" + LINK_COLUMNS + MAPPING,
        ["4: found a key that is no text at column 4, expected a text before the colon."],
    ),
    "a-list-of-metadata": (
        "#- license: none\n" + LINK_COLUMNS + MAPPING,
        ["1: found a list or a text, expected lines such as `curie_map: …`."],
    ),
    "a-day-that-does-not-exist": (
        METADATA + "#mapping_date: 2026-02-30\n" + LINK_COLUMNS + MAPPING,
        ['4: found the mapping_date "2026-02-30" at column 16, expected a date as YYYY-MM-DD.'],
    ),
    "a-time-for-a-date": (
        METADATA + "#publication_date: 2026-11-23T12:30:45Z\n" + LINK_COLUMNS + MAPPING,
        ['4: found the publication_date "2026-11-23T12:30:45Z" at column 20, expected a date as YYYY-MM-DD.'],
    ),
    "a-confidence-above-one": (
        METADATA + "#mapping_set_confidence: 1.10\n" + LINK_COLUMNS + MAPPING,
        ['4: found the mapping_set_confidence "1.10" at column 26, expected a number from 0 to 1.'],
    ),
    "an-anchor": (
        METADATA + "#license: &a none\n" + LINK_COLUMNS + MAPPING,
        [f"4: found the anchor &a at column 11, {WRITTEN_OUT}"],
    ),
    "an-alias": (
        METADATA + "#license: *a\n" + LINK_COLUMNS + MAPPING,
        [f"4: found the alias *a at column 11, {WRITTEN_OUT}"],
    ),
    "a-tag": (
        METADATA + "#license: !!python/object/apply:os.getcwd []\n" + LINK_COLUMNS + MAPPING,
        [f"4: found the tag tag:yaml.org,2002:python/object/apply:os.getcwd at column 11, {WRITTEN_OUT}"],
    ),
    "two-documents": (
        METADATA + "#---\n#license: none\n" + LINK_COLUMNS + MAPPING,
        [f"4: found a metadata block that is not YAML (but found another document), {NO_YAML}"],
    ),
    "an-escape-in-the-metadata": (
        METADATA + "#license: \x1b[31mnone\n" + LINK_COLUMNS + MAPPING,
        ["4: found the control character U+001B at column 11, expected plain text without it. Take it out."],
    ),
    "another-line-break-in-the-metadata": (
        METADATA + "#license: no\u2028ne\n" + LINK_COLUMNS + MAPPING,
        ["4: found the control character U+2028 at column 13, expected plain text without it. Take it out."],
    ),
    "latin-1-in-the-metadata": (
        (METADATA + "#license: \xe9\n" + LINK_COLUMNS + MAPPING).encode("latin-1"),
        [f"4: found the byte 0xE9 at offset 105, which is not UTF-8, {SAVE}"],
    ),
    "a-long-line-of-metadata": (
        METADATA + "#license: " + "x" * 1_000_001 + "\n" + LINK_COLUMNS + MAPPING,
        [f"4: found a line of more than 1,000,000 bytes, {SHORTEN}"],
    ),
}
"""Contents of a table of mappings that is no such table, and the sentences about it, each from the line on."""


# ---------------------------------------------------------------- faulty texts, all in one build


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory, example_files: Path) -> list[str]:
    draft = new_draft(tmp_path_factory.mktemp("texts"), example_files)
    for name, (content, _) in TEXTS.items():
        draft.write(f"data/shared/units.{name}.csv", content)
    for name, (content, _) in MAPPINGS.items():
        draft.write(f"data/links/{name}.sssom.tsv", content)
    return draft.refusal()


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_faulty_table_of_mappings_yields_exactly_its_sentences(name: str, texts: list[str]) -> None:
    file = f"data/links/{name}.sssom.tsv:"
    expected = [file.removesuffix(":" if sentence.startswith(":") else "") + sentence for sentence in MAPPINGS[name][1]]
    assert [sentence for sentence in texts if sentence.startswith(file)] == expected


@pytest.mark.parametrize("name", TEXTS)
def test_a_faulty_text_yields_exactly_its_sentences(name: str, texts: list[str]) -> None:
    file = f"data/shared/units.{name}.csv:"
    expected = [file.removesuffix(":" if sentence.startswith(":") else "") + sentence for sentence in TEXTS[name][1]]
    assert [sentence for sentence in texts if sentence.startswith(file)] == expected


def test_nothing_but_the_faulty_texts_is_named(texts: list[str]) -> None:
    assert len(texts) == sum(len(sentences) for _, sentences in (*TEXTS.values(), *MAPPINGS.values()))


# ---------------------------------------------------------------- faulty ids and cells, all in one build


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory, example_files: Path) -> list[str]:
    draft = new_draft(tmp_path_factory.mktemp("cells"), example_files)
    for name, (id_, _) in IDS.items():
        draft.write(f"data/shared/units.{name}.csv", f"{UNITS}{id_},hours,Hours.\n")
    for name, (row, _) in CELLS.items():
        table = next(draft.root.glob(f"data/*/{name.split('.')[0]}.csv"))
        header = table.read_text(encoding="utf-8").splitlines()[0]
        table.with_name(f"{name}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    return draft.refusal()


@pytest.mark.parametrize("name", IDS)
def test_a_faulty_id_yields_exactly_its_sentence(name: str, cells: list[str]) -> None:
    file = f"data/shared/units.{name}.csv:"
    assert [sentence for sentence in cells if sentence.startswith(file)] == [f"{file}2: id: {IDS[name][1]}"]


@pytest.mark.parametrize("name", CELLS)
def test_a_faulty_cell_yields_exactly_its_sentence(name: str, cells: list[str]) -> None:
    found = [sentence.split("/", maxsplit=2)[2] for sentence in cells if f"/{name}.csv:" in sentence]
    assert found == [f"{name}.csv:2: {CELLS[name][1]}"]


def test_nothing_but_the_faulty_ids_and_cells_is_named(cells: list[str]) -> None:
    assert len(cells) == len(IDS) + len(CELLS)


# ---------------------------------------------------------------- rows of several files


ONCE = "expected each id once. Give one of the rows an id of its own."


def test_an_id_twice_in_a_file_names_both_rows(draft: Draft) -> None:
    draft.write("data/shared/units.2.csv", UNITS + "hours,hours,\nhours,hours,\n")
    assert draft.refusal() == [
        'data/shared/units.2.csv:3: id: found the id "hours" again, after data/shared/units.2.csv:2, ' + ONCE
    ]


def test_an_id_in_many_rows_names_the_first_and_counts_the_rest(draft: Draft) -> None:
    draft.write("data/shared/units.2.csv", UNITS + "hours,hours,\n" * 10)
    assert draft.refusal() == [
        'data/shared/units.2.csv:11: id: found the id "hours" again, after data/shared/units.2.csv:2, '
        "data/shared/units.2.csv:3, data/shared/units.2.csv:4 and 6 more rows, " + ONCE
    ]


def test_an_id_in_two_files_of_a_table_names_both_files(draft: Draft) -> None:
    header, first, *_ = (draft.root / "data/example-2020/findings.csv").read_text(encoding="utf-8").splitlines()
    draft.write("data/example-2020/findings.2.csv", f"{header}\n{first}\n")
    assert draft.refusal() == [
        'data/example-2020/findings.csv:2: id: found the id "change-extortion-dont-know" again, '
        "after data/example-2020/findings.2.csv:2, " + ONCE
    ]


def test_ids_that_are_one_in_normal_form_are_one_id(draft: Draft) -> None:
    draft.write("data/shared/units.2.csv", UNITS + "\u00e9t\u00e9,x,\ne\u0301te\u0301,x,\n")
    strange = STRANGE.format("LATIN SMALL LETTER E WITH ACUTE (U+00E9)")
    assert draft.refusal() == [
        (
            "note: data/shared/units.2.csv:1: found decomposed letters, expected UTF-8 with LF, in Unicode form C. "
            "It was read as that."
        ),
        f'data/shared/units.2.csv:2: id: found "\u00e9t\u00e9", {strange}',
        f'data/shared/units.2.csv:3: id: found "\u00e9t\u00e9", {strange}',
        'data/shared/units.2.csv:3: id: found the id "\u00e9t\u00e9" again, after data/shared/units.2.csv:2, ' + ONCE,
    ]


def test_a_reference_to_nothing_names_the_file_of_the_other_table(draft: Draft) -> None:
    draft.change("data/example-2020/findings.csv", "seen-no,seen,", "seen-no,sen,")
    assert draft.refusal() == [
        (
            'data/example-2020/findings.csv:8: question: found a reference to nothing, "sen", '
            "expected an id of example-2020/questions.csv. Did you mean seen?"
        )
    ]


def test_a_prefix_for_two_addresses_in_two_tables_names_the_second(draft: Draft) -> None:
    draft.write("data/links/more.sssom.tsv", METADATA.replace("/voc/", "/other/") + LINK_COLUMNS)
    assert draft.refusal() == [
        (
            'data/links/subjects.sssom.tsv:3: found the example "http://example.org/voc/" at column 13, '
            'expected "http://example.org/other/", as in a table before, or another prefix.'
        )
    ]


def test_an_address_made_of_an_odd_prefix_is_judged_as_a_whole(draft: Draft) -> None:
    draft.change("data/links/subjects.sssom.tsv", "#  example: http://example.org/voc/", "#  example: no address of ")
    assert [sentence.split(": found")[0] for sentence in draft.refusal()] == [
        f"data/links/subjects.sssom.tsv:{line}: object_id" for line in (32, 33, 35, 36)
    ]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("offences", "expected a prefix that curie_map declares, or a whole IRI."),
        (":offences", "expected a prefix that curie_map declares, or a whole IRI."),
        ("exemple:offences", "expected a prefix that curie_map declares, or a whole IRI."),
        ("Example:offences", "expected a prefix that curie_map declares, or a whole IRI."),
        (":http://example.org/voc/offences", "expected a prefix that curie_map declares, or a whole IRI."),
        ("javascript:alert(1)", "expected a prefix that curie_map declares, or a whole IRI."),
        ("example:off ences", "expected a name that makes an IRI."),
        ("example:<script>", "expected a name that makes an IRI."),
        ("http://example.org/voc/{offences}", "expected a name that makes an IRI."),
        ("http://example.org/voc/off\\ences", "expected a name that makes an IRI."),
        ("example:offences ", "expected text without a blank at its start or end."),
    ],
)
def test_a_name_that_makes_no_address_is_refused(cell: str, sentence: str, draft: Draft) -> None:
    draft.change("data/links/subjects.sssom.tsv", "example:offences", cell)
    found = cell.replace("\\", "\\\\")
    assert draft.refusal() == [f'data/links/subjects.sssom.tsv:33: object_id: found "{found}", {sentence} {OBJECT}']


def test_problems_of_several_tables_come_at_once_sorted_by_file_and_line(draft: Draft) -> None:
    draft.change("data/shared/units.csv", "people,people,", "people,,")
    draft.change("data/shared/units.csv", "months,months,", "Months,months,")
    draft.change("data/example-2020/findings.csv", ",62.5,", ",62.5%,")
    assert [sentence.split(": found")[0] for sentence in draft.refusal()] == [
        "data/example-2020/figures.csv:4: unit",
        "data/example-2020/findings.csv:9: value",
        "data/shared/units.csv:3: id",
        "data/shared/units.csv:4: label",
    ]


def test_problems_come_as_json_too(draft: Draft) -> None:
    draft.change("data/shared/units.csv", "people,people,", "people,,")
    run = draft.build("--json")
    assert json.loads(run.printed) == {
        "problems": [
            {
                "file": "data/shared/units.csv",
                "line": 4,
                "column": 8,
                "field": "label",
                "rule": "minCount",
                "found": "an empty cell",
                "expected": "a value",
                "hint": "The preferred label.",
                "severity": "error",
                "more": 0,
                "focus": "",
                "shape": "https://w3id.org/child-protection-kg/shapes#label",
            }
        ],
        "errors": 1,
    }


# ---------------------------------------------------------------- circles and chains


def test_a_circle_of_fifty_thousand_is_found_in_seconds(draft: Draft) -> None:
    rows = (f"c{number},x,,,,c{(number + 1) % 50_000},\n" for number in range(50_000))
    draft.write("data/shared/crimes.2.csv", CRIMES + "".join(rows))
    assert draft.refusal() == [
        (
            "data/shared/crimes.2.csv:2: broader: found the circle "
            "c0 → c1 → c2 → c3 → c4 → c5 → c6 → c7 → … → c0, "
            f"expected a broader that never leads back to its start. {LINK}"
        )
    ]


def test_a_chain_of_fifty_thousand_is_no_fault(draft: Draft) -> None:
    rows = (f"p{number},x,,officer-survey,{parent},,,about-survey\n" for number, parent in chain("p", 50_000))
    draft.write("data/example-2020/populations.3.csv", POPULATIONS + "".join(rows))
    assert draft.run("validate").printed == "No problems: tables, shapes, queries and graph are in order.\n"


def chain(letter: str, length: int) -> list[tuple[int, str]]:
    return [(number, f"{letter}{number + 1}" if number + 1 < length else "") for number in range(length)]


def test_each_circle_is_named_once(draft: Draft) -> None:
    draft.write("data/shared/crimes.2.csv", CRIMES + "a,x,,,,b,\nb,x,,,,a,\nc,x,,,,d,\nd,x,,,,c,\n")
    assert draft.refusal() == [
        (
            "data/shared/crimes.2.csv:2: broader: found the circle a → b → a, "
            f"expected a broader that never leads back to its start. {LINK}"
        ),
        (
            "data/shared/crimes.2.csv:4: broader: found the circle c → d → c, "
            f"expected a broader that never leads back to its start. {LINK}"
        ),
    ]


# ---------------------------------------------------------------- what is accepted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"id,", b"\xef\xbb\xbfid,"),
        (b"\n", b"\r\n"),
        (b"Of a hundred.,false\n", b"Of a hundred.,false"),
        (
            (
                b"id,label,definition,exact\ncountries,countries,Countries.,true\nmonths,months,Months.,true\n"
                b"people,people,People.,true\npercent,percent,Of a hundred.,false\n"
            ),
            (
                b"definition,exact,id,label\nCountries.,true,countries,countries\nMonths.,true,months,months\n"
                b"People.,true,people,people\nOf a hundred.,false,percent,percent\n"
            ),
        ),
        (b"countries,countries,Countries.", b'"countries","countries","Countries."'),
    ],
    ids=["byte-order-mark", "crlf", "no-final-line-feed", "other-order-of-columns", "quotes-without-need"],
)
def test_another_form_of_the_same_table_gives_the_same_bytes(
    before: bytes, after: bytes, draft: Draft, example_files: Path
) -> None:
    content = (draft.root / "data/shared/units.csv").read_bytes()
    assert before in content
    draft.write("data/shared/units.csv", content.replace(before, after))
    assert draft.build().code == 0
    assert contents(draft.out) == contents(example_files)


def test_a_table_with_a_header_alone_is_accepted(draft: Draft) -> None:
    draft.write("data/shared/units.2.csv", UNITS)
    assert draft.run("validate").code == 0


def test_a_column_that_may_be_empty_may_be_missing(draft: Draft) -> None:
    draft.write("data/shared/units.2.csv", "id,label\nhours,hours\n")
    assert draft.run("validate").code == 0


def test_decomposed_letters_are_noted(draft: Draft) -> None:
    draft.change("data/shared/units.csv", "Of a hundred.", "Of a hundre\u0301d.")
    assert draft.run("validate").sentences == (
        (
            "note: data/shared/units.csv:1: found decomposed letters, expected UTF-8 with LF, in Unicode form C. "
            "It was read as that."
        ),
    )


def test_decomposed_letters_give_the_bytes_of_composed_ones(draft: Draft) -> None:
    draft.change("data/shared/units.csv", "Of a hundred.", "Of a hundr\u00e9d.")
    draft.build()
    composed = contents(draft.out)
    draft.change("data/shared/units.csv", "Of a hundr\u00e9d.", "Of a hundre\u0301d.")
    draft.build()
    assert contents(draft.out) == composed


# ---------------------------------------------------------------- cells that others would run


HOSTILE = """id,label,definition
at,@SUM(1+1),javascript:alert(1)
equals,=1+1,"=HYPERLINK(""x"")"
minus,-1+1,-2
plus,+1+1,<script>alert(1)</script>
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, example_files: Path) -> Path:
    draft = new_draft(tmp_path_factory.mktemp("hostile"), example_files)
    draft.write("data/shared/units.2.csv", HOSTILE)
    assert draft.build().code == 0
    return draft.out


def test_formulas_are_kept_in_the_graph(hostile: Path) -> None:
    labels = {f'"{label}"@en' for label in ("@SUM(1+1)", "=1+1", "-1+1", "+1+1")}
    written = (hostile / "kg.nq").read_text(encoding="utf-8")
    assert [label for label in labels if label not in written] == []


def test_formulas_are_neutralised_in_the_published_tables(hostile: Path) -> None:
    assert (hostile / "tables/shared/units.2.csv").read_text(encoding="utf-8") == (
        "id,label,definition,exact,per,of\n"
        "at,'@SUM(1+1),javascript:alert(1),,,\n"
        """equals,'=1+1,"'=HYPERLINK(""x"")",,,\n"""
        "minus,'-1+1,-2,,,\n"
        "plus,'+1+1,<script>alert(1)</script>,,,\n"
    )


def test_scripts_stay_text_in_the_graph(hostile: Path) -> None:
    assert '"<script>alert(1)</script>"@en' in (hostile / "kg.nq").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["kg.graphml", "kg.gexf"])
def test_scripts_are_escaped_in_markup(name: str, draft: Draft) -> None:
    draft.change("data/shared/threats.csv", "grooming,grooming,", "grooming,<script>alert(1)</script>,")
    draft.change("data/example-2020/mentions.csv", "grooming,title", "grooming,title")
    draft.build("--format", "network")
    text = (draft.out / name).read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>" not in text


# ---------------------------------------------------------------- things that are no files


@pytest.mark.parametrize("kind", ["directory", "fifo", "device"])
def test_something_else_named_like_a_table_is_refused(kind: str, draft: Draft) -> None:
    path = draft.path("data/shared/units.2.csv")
    make: dict[str, Callable[[], None]] = {
        "directory": path.mkdir,
        "fifo": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
    }
    make[kind]()
    assert draft.refusal() == [
        "data/shared/units.2.csv: found something that is not a file, expected a plain file. Remove it."
    ]


def test_a_loop_of_links_named_like_a_table_is_refused(draft: Draft) -> None:
    draft.path("data/shared/units.2.csv").symlink_to("units.2.csv")
    assert draft.refusal() == [
        (
            "data/shared/units.2.csv: found a file that cannot be read (Too many levels of symbolic links), "
            "expected a readable file."
        )
    ]


def test_a_link_to_nothing_named_like_a_table_is_refused(draft: Draft) -> None:
    draft.path("data/shared/units.2.csv").symlink_to("nothing.csv")
    assert draft.refusal() == [
        (
            "data/shared/units.2.csv: found a file that cannot be read (No such file or directory), "
            "expected a readable file."
        )
    ]


def test_a_table_that_nobody_may_read_is_refused(draft: Draft) -> None:
    draft.path("data/shared/units.csv").chmod(0)
    run = as_anybody("validate", "--root", str(draft.root))
    assert run.stderr.splitlines() == [
        "data/shared/units.csv: found a file that cannot be read (Permission denied), expected a readable file.",
        "1 error.",
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "data/shared/unit.csv",
            (
                "found a table that no shape describes, expected a table that a shape in ontology/shapes describes. "
                "Did you mean units.csv?"
            ),
        ),
        (
            "data/shared/findings.csv",
            (
                "found a table that no shape describes, expected a table of this folder. "
                "Such rows belong into a report's folder/findings.csv."
            ),
        ),
        (
            "data/shared/units.CSV",
            "found something that no build reads, expected tables that end in .csv or .tsv. Rename or move it.",
        ),
        (
            "data/shared/units.xlsx",
            "found something that no build reads, expected tables that end in .csv or .tsv. Rename or move it.",
        ),
        (
            "data/links/subjects.csv",
            "found something that no build reads, expected tables that end in .sssom.tsv. Rename or move it.",
        ),
        (
            "data/links/subjects.tsv",
            "found something that no build reads, expected tables that end in .sssom.tsv. Rename or move it.",
        ),
        (
            "data/shared/subjects.sssom.tsv",
            (
                "found a table that no shape describes, expected a table of this folder. "
                "Such rows belong into links/*.sssom.tsv."
            ),
        ),
        (
            "data/units.csv",
            "found something that no build reads, expected folders of tables. Rename or move it.",
        ),
    ],
)
def test_a_file_that_no_build_reads_is_refused(name: str, sentence: str, draft: Draft) -> None:
    draft.write(name, UNITS)
    assert draft.refusal() == [f"{name}: {sentence}"]


def test_a_folder_with_another_name_than_an_id_is_refused(draft: Draft) -> None:
    draft.write("data/My Report/units.csv", UNITS)
    assert draft.refusal() == [
        'data/My Report: found the folder name "My Report", expected lower-case ASCII words joined by hyphens.'
    ]


def test_notes_and_hidden_files_among_the_tables_are_left_alone(draft: Draft) -> None:
    draft.write("data/shared/README.md", "Notes.")
    draft.write("data/shared/.units.csv.swp", b"\0")
    assert draft.run("validate").code == 0


# ---------------------------------------------------------------- a million wrong rows


DOCUMENTS = "id,label,alt_labels,hidden_labels,definition,issued,publisher,series\n"
HUGE: dict[str, tuple[str, str, int, str, str]] = {
    "ids": (
        "units",
        UNITS + "Hours {0},hours,\n",
        1_000_000,
        f'21: id: found "Hours 19", {ID} (999,980 more of this kind.)',
        "1,000,000 errors.",
    ),
    "short-rows": (
        "units",
        UNITS + "h{0},hours\n",
        200_000,
        f"21: found 2 cells, {COMMAS} (199,980 more of this kind.)",
        "200,000 errors.",
    ),
    "control-characters": (
        "units",
        UNITS + "h{0},hours\x01,\n",
        200_000,
        f"21: label: found the control character U+0001, {PLAIN} (199,980 more of this kind.)",
        "200,000 errors.",
    ),
    "ids-twice": (
        "units",
        UNITS + "h{1:06},hours,\n",
        200_000,
        '41: id: found the id "h000019" again, after data/shared/units.2.csv:40, '
        + ONCE
        + " (99,980 more of this kind.)",
        "100,000 errors.",
    ),
    "references": (
        "documents",
        DOCUMENTS + "c{0},x,,,,,nobody,\n",
        200_000,
        (
            f'21: publisher: found a reference to nothing, "nobody", {ORGANISATION} Who published it. '
            "(199,980 more of this kind.)"
        ),
        "200,000 errors.",
    ),
    "links-to-nothing": (
        "documents",
        DOCUMENTS + "c{0},x,,,,,,d{0}\n",
        200_000,
        (
            '21: series: found a reference to nothing, "d19", expected an id of shared/documents.csv. '
            "The series to which it belongs. (199,980 more of this kind.)"
        ),
        "200,000 errors.",
    ),
    "unmentioned": (
        "crimes",
        CRIMES + "c{0:06},x,,,,,\n",
        25_000,
        (
            '21: id: found "a row that no report mentions", expected at least one mention of it. '
            "Add a mention with its passage, or remove the row. (24,980 more of this kind.)"
        ),
        "25,000 errors.",
    ),
}
"""A table, its header and its wrong row, how many such rows, and the last two lines of the report."""


@pytest.mark.slow
@pytest.mark.parametrize("name", HUGE)
def test_a_million_wrong_rows_give_a_short_report_in_bounded_memory(name: str, tmp_path: Path) -> None:
    stem, content, rows, last, count = HUGE[name]
    project = project_at(tmp_path / "project")
    header, row = content.splitlines(keepends=True)
    with (project / f"data/shared/{stem}.2.csv").open("w", encoding="utf-8") as table:
        table.write(header)
        table.writelines(row.format(number, number // 2) for number in range(rows))
    run = measured(tmp_path / "printed", "validate", "--root", str(project), "--memory", "500MB")
    assert run.code == 1
    assert len(run.sentences) == 21
    assert run.sentences[-2:] == [f"data/shared/{stem}.2.csv:{last}", count]
    assert run.megabytes < 900


# ---------------------------------------------------------------- what the tests run


PEAK = Path(__file__).resolve().parent.parent / "peak.py"


@dataclasses.dataclass(frozen=True)
class Measured:
    code: int
    sentences: list[str]
    megabytes: float


def measured(printed: Path, *arguments: str) -> Measured:
    """Run a command in a process of its own and measure the most memory that it held."""
    peak = printed.with_suffix(".peak")
    with printed.open("w", encoding="utf-8") as stream:
        command = [sys.executable, str(PEAK), str(peak), *COMMAND, *arguments]
        code = subprocess.run(command, check=False, stderr=stream, stdout=stream).returncode
    return Measured(code, printed.read_text(encoding="utf-8").splitlines(), int(peak.read_text("utf-8")) / 1024)


def new_draft(folder: Path, build: Path) -> Draft:
    """Return a draft for several tests: the example's project with its last good build."""
    shutil.copytree(build, folder / "build")
    return Draft(project_at(folder / "project"), folder / "build")
