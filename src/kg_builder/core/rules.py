"""What each rule requires, as `kg-builder explain RULE` prints it; stored checks are explained in their headers."""

from __future__ import annotations

RULES = {
    # cells
    "unique": "An id names one row. It may stand once among the rows of a table within one folder.",
    "minCount": "The column must have a value, or as many values as its shape says (sh:minCount).",
    "maxCount": "The column holds one value. Only columns with a separator hold several (sh:maxCount).",
    "distinct": "A cell with several values names each of them once.",
    "blank": "A value neither begins nor ends with a blank, and is not empty between two separators.",
    "datatype": "The value must have the form of the datatype of the column (sh:datatype): a decimal number has a "
    "point and no unit, a date is YYYY-MM-DD, a truth value is true or false.",
    "class": "A reference must name a row or a code that exists, of the kind that the column is for (sh:class). "
    "A column for several kinds takes type/id, such as threat/grooming.",
    "acyclic": "References such as broader must not lead back to where they start.",
    "prefix": "A name such as wikidata:Q34 needs a prefix that the head of a table of mappings declares in curie_map; "
    "a prefix means the same in all tables.",
    "iri": "A prefix and a name together must make an IRI: no blanks, no braces, no angle brackets.",
    "nodeKind": "The value must be an IRI, or a literal, as the shape of the column says (sh:nodeKind).",
    "languageIn": "The text must be in a language that the shape of the column names (sh:languageIn).",
    "sPARQL": "A constraint of the shapes that looks at several rows (sh:sparql). The sentence is its sh:message.",
    # files and folders
    "file": "The path must be a plain file that can be read: no folder, device or broken link.",
    "folder": "The folder must exist; folders of data have names of lower-case ASCII words joined by hyphens.",
    "table": "The name of a table must be one that a shape describes with csvw:url. A table may be cut into "
    "findings.csv, findings.2.csv and so on, each part in one format.",
    "unread": "A folder of data holds nothing that no build reads, as a misspelt table would be lost without a word.",
    "encoding": "Text is UTF-8. Nothing is guessed, because a wrong guess changes names.",
    "empty": "A table has at least its header.",
    "header": "The header names columns of the shape, each once. In a stored query, the lines that begin with #+ hold "
    "the keys of its kind: CONTRIBUTING.md lists them.",
    "delimiter": "Cells are separated as the ending of the file says: by commas in .csv, by tabs in .tsv.",
    "quotes": "A quote opens and closes a whole cell. A quote inside a cell is written twice.",
    "row": "Each row stands on one line and has as many cells as the header.",
    "control": "A cell holds no control characters, so no line breaks and no tabs.",
    "length": "A line has at most a million bytes.",
    "normal": "The file was read as UTF-8 with LF, in Unicode form C. This is a note, no error.",
    "metadata": "The lines before a table of mappings are YAML behind #: keys of a mapping set in SSSOM, each once, "
    "among them curie_map with the prefixes. Anchors, aliases and tags are refused.",
    # shapes and queries
    "turtle": "The files in ontology/ are Turtle.",
    "imports": "A build reads nothing from elsewhere, so the ontology and the shapes import nothing (owl:imports).",
    "script": "A constraint is SHACL Core or SHACL-SPARQL; no code of a shape is run.",
    "url": "csvw:url names the table of a shape: a file in shared/, in links/ or in {source}/, the folder of a report.",
    "about": "csvw:aboutUrl makes the address of a row from its id: KIND/{id}, of a report {source}/KIND/{id}.",
    "path": "sh:path is one property. Longer paths have no column.",
    "number": "A bound, a length and an order are numbers.",
    "declared": "Classes and properties that the shapes use are declared in ontology/kg.ttl.",
    "shape-part": "A node shape and a property shape have each part that the builder needs, and no part twice.",
    "shape-term": "Only terms that the builder understands may stand in a shape: what it would pass over is refused.",
    "shacl": "The shapes must be ones that the builder understands; what it would not heed is refused.",
    "sparql": "A stored query is one SELECT, ASK, CONSTRUCT or DESCRIBE of SPARQL 1.1; updates are refused.",
    "form": "A kind of stored query has its form: answers, pages and checks select, derivations and bridges construct, "
    "a check selects ?this, a view ?from ?relation ?to.",
    "size": "A query has at most 100,000 characters, and 100 braces or brackets within each other.",
    "service": "A query asks this graph alone. Federated questions live in queries/federated/ and name a service.",
    "slice": "A federated question has no LIMIT or OFFSET, because an endpoint is asked in pieces.",
    "blank-node": "A derivation makes things with an IRI, so that a build is the same everywhere.",
    "parameter": "A parameter is a variable such as ?_topic_iri that stands behind SELECT.",
    "name": "A name must be one that exists, or must not be taken yet.",
    "context": "A number is shown with all that it is read with, such as its base; shownWith in the ontology names it.",
    "unlike": "Numbers that may differ in more than one dimension are not added up: unlike bases have no sum.",
    "overlap": "Answers of which several may be given are not added up, as one respondent may be counted twice.",
    # commands
    "output": "A build writes into a new or empty folder, or replaces a former build; it never touches files of yours.",
    "memory": "The memory of the engine is a size such as 500MB or 2GB, and must suffice for the tables.",
    "base": "The base is an absolute IRI that ends in / or #.",
    "format": "The format must be one that the command knows.",
    "id": "The id of a report is lower-case ASCII words joined by hyphens: it is the name of a folder and of a graph.",
    "exists": "A new report needs a folder that does not exist yet; nothing of yours is overwritten.",
    "source": "The folder must be that of a report in data/.",
    "anchor": "The anchor of a passage must stand in your copy of the report, on its lines.",
    "printed": "A printed token must stand in your copy of the report, near the anchor of its passage.",
}
"""What each rule requires, by its name in JSON and SHACL reports."""
