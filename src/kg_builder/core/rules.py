"""What each rule requires, as `kg-builder explain RULE` prints it; stored checks are explained in their headers."""

from __future__ import annotations

RULES = {
    # cells
    "unique": "An id names one row, because other tables and published addresses refer to it. Within one folder, no "
    "two rows of a table may have the same id, even if the table is split into several files. Give one of the rows an "
    "id of its own; an id that was published is never changed and never used again. In tables that make ids, such as "
    "findings, an empty id is made from the cells that differ from their defaults: two rows that have these in common, "
    "or differ in punctuation alone, would get the same one. Correct the cell that should differ.",
    "minCount": "The column must have a value, or at least as many values as its shape says (sh:minCount). An empty "
    "cell means that the value is unknown, and without this one the row cannot be read. Fill in the cell, or remove "
    "the row.",
    "maxCount": "The column holds at most one value (sh:maxCount). Only a column whose shape names a separator can "
    "hold several, such as a;b. Keep one value, or write a further row.",
    "distinct": "A cell with several values names each of them once, because each becomes the same triple. Right: a;b. "
    "Wrong: a;b;a. Remove the repetition.",
    "blank": 'A value has no blank at its start or end, and no value between two separators is empty: "a " and "a" '
    "would be two different values that look alike. Right: a;b. Wrong: a; b or a;;b. Remove the blank or the "
    "separator.",
    "datatype": "The value must have the form that the datatype of the column prescribes (sh:datatype), so that every "
    "program reads it the same. A decimal number has a point and neither a unit nor separators of thousands; a date "
    "is YYYY-MM-DD and exists; a truth value is true or false. Right: 28.6 or 2018-03-01. Wrong: 28,6%, 1,000 or "
    "2018-02-30. In a shape, sh:datatype must be one that the builder can check.",
    "class": "A reference must name a row or a code that exists, of the kind that the column is for (sh:class); "
    "otherwise it would lead nowhere. A column for one kind takes the bare id, such as grooming; a column for several "
    "kinds takes type/id, such as threat/grooming. The message names the tables or the file of the ontology that hold "
    "the values. Correct the id, or first add the row or code that it names.",
    "acyclic": "References such as broader must not lead back to where they start: if a is narrower than b, and b is "
    "narrower than a, neither has a place in the hierarchy. The message shows the circle. Remove one of its links.",
    "prefix": "A short name such as wikidata:Q34 needs a prefix that the head of a table of mappings declares in "
    "curie_map, and a prefix means the same in all tables. Declare it, correct a misspelt one, or write the whole "
    "IRI.",
    "iri": "A prefix and a name together must make an IRI (RFC 3987), because the value becomes an address in the "
    'graph. Right: wikidata:Q34. Wrong: "wikidata:Q 34". Remove blanks, braces and angle brackets, or write them '
    "percent-encoded: %20 is a blank.",
    "nodeKind": "The value must be an IRI, or a literal, as the shape of the column says (sh:nodeKind). Correct the "
    "cell, or the derivation that makes the triple.",
    "languageIn": "The text must be in one of the languages that the shape of the column names (sh:languageIn). A "
    "column has one language, which csvw:lang in its shape gives; make the two agree.",
    "sPARQL": "A constraint of the shapes that looks at several rows or several tables (sh:sparql), such as that the "
    "parts of a question share its survey. The sentence is its sh:message; the query is in ontology/shapes. Correct "
    "the row that it names, or the row that this one does not agree with.",
    "printed-value": "Where value, decimals or unit are empty, they are read from the printed token: a number with an "
    "optional word of amount before it, and a scale, a unit, a mark and brackets with an interval or a standard error "
    "behind it. Right: 8%, 71.4 %, 7,5, <1, 1 in 8, 7.2 ! (2.55), 20.3% (17.1-23.4), 300 million, or - for a missing "
    "value. Words are looked up among the labels of units and quantifiers. If a token is more than that, fill the "
    "cells by hand; a filled cell always counts.",
    # files and folders
    "file": "The path must lead to a regular file that can be read: not to a folder, a device or a broken link. If the "
    "file does not exist, check --root or the spelling; if it cannot be opened, check its permissions. kg-builder "
    "build makes the files of a graph. A copy of a report is a PDF or text in UTF-8, holds text rather than scanned "
    "pages, and is of the report that the command names.",
    "folder": "The folder must exist. Folders in data/ have names of lower-case ASCII words joined by hyphens, because "
    "the name becomes part of addresses. Right: netclean-2018. Wrong: NetClean_2018. A folder that is linked as a "
    "whole holds from 1 to 10,000 files that can be read. Check --root, or rename the folder.",
    "table": "The name of a table must be one that a shape describes with csvw:url, in the folder that it names. A "
    "table may be split: findings.csv, findings.2.csv and so on, each part in one format. Rename the file or move it "
    "to the folder that the hint names; for a new kind of table, write a shape in ontology/shapes first.",
    "unread": "A folder of data holds only what a build reads, because a table with a misspelt extension would be lost "
    "without notice. Markdown files and names that begin with a point are allowed. Rename the file, or move it out of "
    "data/.",
    "encoding": "Text is UTF-8. The encoding is never guessed, because a wrong guess changes names. The message gives "
    'the first byte that is not UTF-8. Save the file as UTF-8; in a spreadsheet, choose "CSV UTF-8".',
    "empty": "A table has at least a header line with the names of its columns. Write it, or delete the file: "
    "kg-builder new-report writes empty tables with their headers.",
    "empty-report": "The tables of a report have no rows at all, so the graph holds nothing of it. Fill report.csv "
    "first: its row has the name of the folder as id. Or remove the folder.",
    "report-answer": "kg-builder new-report takes the answers that some table has a column for; the shapes of this "
    "project have none for this option. Leave the option out, or add the column to a shape.",
    "header": "The first line of a table names columns of its shape, each once, and every required column; their order "
    'does not matter. In a stored query, the lines that begin with #+ are YAML with the keys of its kind, such as "#+ '
    'summary: What is rising?". CONTRIBUTING.md lists the keys, build/dictionary.md the columns. Correct the name '
    "that the message quotes.",
    "delimiter": "Cells are separated as the ending of the file says: by commas in .csv, by tabs in .tsv. "
    "Spreadsheets in some languages write semicolons. Save the table again with the right separator.",
    "quotes": "A quote opens and closes a whole cell, and a quote inside such a cell is written twice (RFC 4180). "
    'Right: "the ""dark"" web". Wrong: the "dark" web, "open. Close the cell, or double the inner quotes.',
    "row": "Each row is on one line and has as many cells as the header; otherwise values would move into the wrong "
    'columns. Quote a cell that has the separator in its text: "Sweden, Norway". Add the missing cells or remove the '
    "surplus ones, and remove blank lines and line breaks within quotes.",
    "control": "A cell holds no control characters, so no line breaks and no tabs; nobody sees them, and they break "
    "other programs. The message gives the code of the character. Remove it.",
    "length": "A line has at most a million bytes. A longer one is mostly an unclosed quote, or a text that does not "
    "belong in a table. Close the quote, or shorten the cell.",
    "normal": "The file was read as UTF-8 with LF line ends and composed letters (Unicode NFC). It had a byte-order "
    "mark, CRLF line ends or decomposed letters; the graph is the same. This is a note, not an error: nothing needs "
    "to be done.",
    "metadata": "The lines before a table of mappings are YAML behind #, with the keys of a mapping set in SSSOM, each "
    'once; curie_map with the prefixes is required. Right: "#mapping_date: 2024-05-01". Anchors, aliases and tags are '
    "refused, because they can make a small text very large. Correct the line that the message names.",
    # addresses
    "released": "An address that was released may be in somebody's bookmarks, data or publications, so it never "
    "disappears: a row has it, or a row of shared/address_changes.csv says what became of it. The message gives the "
    "command that writes this row: kg-builder rename, merge or retract. data/released.txt lists all released "
    "addresses, sorted, one on each line; only kg-builder release adds to it, and nothing is removed.",
    "retired": "An address that was renamed, merged, split or retracted is never used again, not even for a similar "
    "thing, because links to it would lead to something else. An address has one row in shared/address_changes.csv, "
    "and a deprecated thing still has its own row. Give the thing another id.",
    "successor": "What takes the place of a former address must exist, or have a row of its own that leads on. The way "
    "ends at a thing, or at an address that was split or retracted; it never leads back to where it starts. Correct "
    "the column by.",
    "referred": "A thing is retracted only when no cell refers to it, because what a row says may no longer be true "
    "without it. Change or remove the rows that the message names, or merge the thing into another one.",
    # shapes
    "turtle": "The files in ontology/ are Turtle. The message gives the line at which the parser stopped; often the "
    "fault is a missing point or semicolon on the line before.",
    "imports": "The ontology and the shapes import nothing (owl:imports), because a build reads no other files or "
    "hosts, and so gives the same result everywhere. Remove the statement, and declare the terms that you need in "
    "ontology/kg.ttl.",
    "script": "A constraint is SHACL Core or SHACL-SPARQL. No code in a shape is run, because shapes may come from "
    "others. Write a constraint in JavaScript (sh:js) as a query (sh:sparql).",
    "url": "csvw:url names the table of a shape: shared/NAME.csv, {source}/NAME.csv for a table of each report, or "
    'FOLDER/*.ENDING for files of any name. Right: "{source}/findings.csv". Wrong: "Findings.csv". Correct the path.',
    "about": "csvw:aboutUrl makes the address of a row from its id: KIND/{id} in shared tables, {source}/KIND/{id} in "
    'tables of a report, so that two reports can use the same id. Right: "threat/{id}". Wrong: "threat/id".',
    "path": "sh:path and the other properties that name a term take the IRI of one property or class. A longer path "
    "cannot be filled from one column. Name one property; a derivation in queries/derive can add what a path would "
    "reach.",
    "number": "A bound, a length or an order in a shape is a number, written without quotes. Right: sh:maxLength 200. "
    'Wrong: sh:maxLength "200". A number that is given to a comparison is a share that answers a survey question, '
    "such as netclean-2018/finding/deepfakes-encountered-yes.",
    "declared": "Classes and properties that the shapes use are declared in ontology/kg.ttl, so that each has a label "
    "and a definition. Declare the term, or correct a misspelt name; the hint gives the nearest one.",
    "default": "A default (sh:defaultValue) is a constant, or a path (shnex:pathValues) from column to column: the "
    "first property is one of the table, each further one of the table to which the column before refers. Correct the "
    "property that the message names.",
    "printed-part": "A column may take one part of what is printed where its cell is empty (printedPart): its "
    "value, its decimals, its unit, a word of amount, a status, the limits of an interval, or a standard error. Choose "
    "one of these names.",
    "id-from": "idFrom lists the properties from whose values an empty id is made. Each is that of a column of the "
    "table, and the first must be filled in each row, because an id is not made from nothing. Correct the property "
    "that the message names.",
    "shape-part": "A node shape and a property shape have each part that the builder needs, and no part twice: a table "
    "needs sh:targetClass, csvw:url, csvw:aboutUrl and sh:property, a column needs sh:path, csvw:name and sh:order. "
    "Add or remove the part that the message names.",
    "shape-term": "Only terms that the builder understands may stand in a shape. An unknown one is refused, because a "
    "constraint that nobody checks is worse than none. Correct a misspelt term, or write the constraint as a query "
    "(sh:sparql).",
    "shacl": "The shapes must be ones that pySHACL, the reference processor, can run; kg-builder validate --reference "
    "compares the two. The message is that of pySHACL. Correct the shape or query that it names.",
    # stored queries
    "sparql": "A stored query is one SELECT, ASK, CONSTRUCT or DESCRIBE of SPARQL 1.1. Updates are refused, because a "
    "build only reads. The message says what the parser expected, and where; declare each prefix that the query uses.",
    "form": "Each kind of stored query has its form: questions, pages and checks are a SELECT, derivations and bridges "
    "a CONSTRUCT. A check selects ?this and binds it in every row; a view selects ?from ?relation ?to. Change the "
    "query, or move it to the folder of its kind.",
    "size": "What is read has a limit, so that it cannot fill the memory: a query has at most 100,000 characters, and "
    "at most 100 braces or brackets within each other; requests to the server, and files and literals of external "
    "data have limits too. The message gives the limit. Make the query simpler, send less at a time, or split the "
    "file.",
    "service": "A query reads this graph alone, because SERVICE would send data to another host. A question that needs "
    'one is a stored query in queries/federated/, whose header lists the names of the endpoints: "#+ services: '
    '[other]". The address of each is a line of your own services.csv, such as "other,ADDRESS".',
    "slice": "A federated question has no LIMIT and no OFFSET: the endpoint is asked in pieces, and each piece would "
    "be cut. Remove it, and let FILTER reduce the rows.",
    "blank-node": "A derivation makes things with an IRI. Blank nodes have other names in every build, so that builds "
    'could not be compared. Wrong: [] a ex:Total. Right: BIND(IRI(CONCAT(STR(?this), "/total")) AS ?total).',
    "parameter": "A parameter is a variable such as ?_topic_iri that stands behind SELECT, so that its value can be "
    "listed and bound. Its name ends in _iri, _string, _integer or _decimal. Add the variable behind SELECT. When you "
    "ask, give each parameter at most once, by its name without underscore and ending: --topic deepfakes.",
    "name": "A name or address must be one that exists, if it is looked up, and not be taken yet, if it is new: two "
    "stored questions cannot have one name, even in different folders, and a former address is never used again. The "
    "name of an endpoint is of lower-case ASCII words joined by hyphens. The message lists the nearest names; "
    "kg-builder queries lists all stored questions.",
    "context": "A number is shown with all that it is read with: a share without its base or question misleads. "
    "shownWith in the ontology names these columns for each property. Select the variables that the message names. In "
    "external JSON-LD, @context stands in the file itself, because no other file is fetched.",
    "unlike": "Numbers that may differ in more than one dimension are not added up. A sum of shares of unlike bases, "
    "such as of caregivers in 2020 and of teachers in 2022, means nothing. Fix all dimensions but one, by GROUP BY or "
    "by a value in the query.",
    "overlap": "Answers of which several may be given are not added up, because one respondent may be counted twice: "
    "40 percent who named a and 30 percent who named b may be 40 percent of all. Ask in the query for the response "
    "type of questions whose answers exclude each other.",
    # commands
    "output": "A build writes into a new or empty folder, or replaces a former build; files that no build has made are "
    "never changed or removed. The folder must be writable, with room on its disk. Choose another folder with --out.",
    "memory": "The memory is a size such as 500MB or 2GB, and must suffice for the tables or the graph. Give more with "
    "--memory; the engine uses the disk when it can.",
    "base": "The base is an absolute IRI that ends in / or #, because the address of each thing is the base with a "
    "path behind it. Right: urn:example:kg#. Wrong: example.org/kg.",
    "format": "The format must be one that the command or the server offers, and fit the result: a CONSTRUCT gives "
    "triples, a SELECT gives rows. The message lists the formats; give one by --format, or by the Accept header of a "
    "request.",
    "id": "The id of a report is of lower-case ASCII words joined by hyphens, such as netclean-2019: it becomes the "
    "name of a folder and of a graph. Names of other folders in data/, such as shared, are taken. To accept or reject "
    "mappings, give ids from the first column of the tables of kg-builder link.",
    "exists": "A new report needs a folder that does not exist yet, because nothing of yours is overwritten. Edit the "
    "tables that are there, or choose another id.",
    "source": "The command needs the folder of a report in data/ with a table passages.csv. Right: kg-builder verify "
    "netclean-2018 my-copy.pdf. Wrong: kg-builder verify shared my-copy.pdf.",
    "call": "The arguments must fit together: kg-builder link takes either data to link or a decision with ids, and "
    "--code takes COLUMN=SCHEME, such as iso3=isoAlpha3. kg-builder link --help shows them.",
    "chart": "Only an answer with numbers, their question and their base can be drawn. Ask a stored question that has "
    "these columns, or print the answer as a table with kg-builder ask.",
    "numbers": "A comparison needs at least two shares. Right: kg-builder compare netclean-2018/finding/a "
    "netclean-2018/finding/b.",
    "adding": "Shares are added up only if they are of the same people and the answers exclude each other; otherwise "
    "their sum or mean means nothing. The message gives each reason against it. Compare the numbers without --sum and "
    "--mean.",
    "value": "The value of a parameter must have its form, or name a thing that has an answer. A thing may be given by "
    "its IRI, by type/id, or by one of its names, if the name is clear. Right: --topic threat/grooming. The message "
    "lists the nearest values; kg-builder find WORDS searches all names.",
    "port": "The server needs an address of this machine and a port that no other program uses. Choose another one "
    "with --host and --port.",
    # tables of publishers
    "map": "A map says in TOML what the columns of a publisher's table stand for. layout is long (one value a row) or "
    'wide (rows names things, each column of [columns] holds values); a column has to = "place", a column of our '
    "tables, and may have values, pattern and new. [set] holds cells of every row. docs/importing.md has examples. "
    "Correct the key that the message names, or give a map with --map.",
    "unknown-value": "A value of an imported table must name something that the tables have: by its id, its label in "
    "any language, an alias, a code, or the numbers of an age range. Nothing is guessed and nothing was imported. Fill "
    "in the column use of unknown.csv: the name to use, new to have an option made, or - to leave the value out; or "
    "add a row or an alias to the table. Then import again.",
    "same-dimensions": "Two values of an imported table would become one finding, because question, item, option, "
    "population, place, ages, group, periods, statistic and reading are the same. Add the column in which they differ "
    "to the map, leave one out with where, or set reading to second.",
    "extra": "Spreadsheets are read by python-calamine and code books by pyreadstat, which a build does not need. "
    "Install them: pip install 'kg-builder[import]'. Or save the table as CSV.",
    # external data
    "column": "External tables are matched by their headers: one column called id or iri, and some called label, name "
    "or title. If yours are called otherwise, name them: kg-builder link codes.csv --id code --label description.",
    "scheme": "A scheme of codes must be a property of this graph that holds codes, such as isoAlpha3. The message "
    "lists them. Right: --code iso3=isoAlpha3.",
    "mappings": "The tables of proposed mappings and decisions are SSSOM: a head with curie_map, then cells separated "
    "by tabs. Correct the table by hand, or move it away; kg-builder link then writes it anew.",
    "syntax": "An external file must be valid in its format; the extension or, without one, the content decides which. "
    "No invalid statement is skipped, because it would be lost without notice. Correct the line that the message "
    "names, or rename the file to the extension of its format.",
    "doctype": "RDF/XML with DOCTYPE or ENTITY is refused: a few such lines can expand to gigabytes or read other "
    "files. Write the entities out in full, or convert the file to Turtle with a tool that you trust.",
    "depth": "Elements, objects and arrays have at most 200 levels, and an element at most 1,000 attributes, because "
    "deeper ones exhaust the parser. Convert the file to a flat form, such as N-Triples.",
    "triple": "Statements about statements (RDF-star) are not read: the graph is RDF 1.1, whose terms are IRIs, "
    "literals and blank nodes. Export the data without them.",
    "literal": "A literal has at most a million characters and no NUL character; a longer one is not a label and "
    "cannot be matched. Shorten or remove it.",
    "address": "The address of an endpoint in services.csv begins with http or https and holds no user name or "
    "password, because messages show it. An address that is requested from the server must exist, with that method: "
    "/openapi.json lists them.",
    "answer": "An endpoint must answer with rows as SPARQL results in JSON, within 30 seconds and 10 million bytes. "
    "Redirects are not followed, because they may lead to another host. The message says what came instead. Correct "
    "the address in services.csv, or ask for less.",
    "unbound": "What stands before SERVICE decides what an endpoint is asked about, so it binds the variables that "
    "both share in every row. Remove OPTIONAL, or filter with FILTER(BOUND(?x)).",
    "rows": "A federated question asks an endpoint about at most 10,000 rows and takes at most 100,000 rows from it. "
    "Narrow the pattern before SERVICE, or the pattern within it.",
    # requests to the server
    "update": "The server only reads: an update would change the graph for all. Change the tables and build again.",
    "query": "A request to /sparql has one query: as the parameter query, or as the body of a POST with the type "
    "application/sparql-query.",
    "type": "The body of a POST is a form (application/x-www-form-urlencoded) or a query (application/sparql-query). "
    "Set the header Content-Type.",
    "graph": "default-graph-uri and named-graph-uri name graphs that the server holds; no other is fetched. The "
    "message lists them.",
    "result": "A result has at most 64 million bytes; a larger one is refused as a whole, so that nobody takes a part "
    "for all. Use LIMIT, or select fewer variables.",
    "limit": "A request has limits on time, memory and depth, and the server on how much it does at once. No part of "
    "an answer is given. Make the query simpler; if the server is busy, repeat the request after some seconds.",
    "queries": "A reconciliation request has the parameter queries, a JSON object of queries by their names, or "
    'extend. Right: {"q0": {"query": "Sweden", "limit": 3}}. The Reconciliation API 0.2 describes it.',
    "extend": "A request for data about things is a JSON object with ids and properties, each with its id. Right: "
    '{"ids": ["place/sweden"], "properties": [{"id": "isoAlpha3"}]}.',
    "json": "The value must be valid JSON (RFC 8259), not nested too deeply: names and texts in double quotes, no "
    "comma behind the last value.",
    "callback": "Answers are not wrapped in a function (JSONP), because every web page may read them without (CORS). "
    "Leave out the parameter callback.",
    # verification of a report
    "anchor": "The anchor of a passage must stand in your copy of the report, on its lines. If it has moved, correct "
    "the lines of the passage; if the wording differs, correct the anchor, or check that the copy is of the same "
    "edition.",
    "printed": "A printed token must stand in your copy of the report, near the anchor of its passage. Correct the "
    "token or the value in the table; if the report prints a second value, record a discrepancy.",
}
"""What each rule requires, by its name in JSON and SHACL reports."""
