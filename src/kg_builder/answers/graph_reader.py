"""A reader of a built graph, for people and programs: stored questions, SPARQL, names, comparisons."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cached_property
from itertools import chain, combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph

from kg_builder.answers.answer import Answer, Row, value_of
from kg_builder.answers.comparison import Comparison
from kg_builder.answers.confidence import Confidence, Share, confidence
from kg_builder.answers.labels import Label, Match, matches, nearest, nearest_things
from kg_builder.answers.question_calls import Questions
from kg_builder.core.iris import BASE
from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.queries.stored_queries import query_problems, stored_query
from kg_builder.queries.stored_questions import Parameter, StoredQuestion
from kg_builder.tables.input_formats import INPUT_FORMATS

if TYPE_CHECKING:
    from kg_builder.queries.percentage_rules import Rules

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
Terms = dict[str, Term]
"""The terms to which the variables of a query are bound."""

ONTOLOGY_GRAPH = "graph/ontology"

SAMPLE = "sample"
"""The stored question that returns, for one number, all shares of the same people, and the number of these people."""

FINDING = "finding"
"""The stored question that returns one number with its base, or why the source has none."""

OURS = (
    "The confidence intervals (Wilson, 95 percent) are ours, not the report's. They suppose that everybody in the base "
    "answered and was drawn at random, which a survey like this does not claim."
)

CLEAR = 80
"""The score out of 100 from which a name is taken as the name of a thing."""


@dataclasses.dataclass(frozen=True)
class Fitting:
    """A stored question with an answer about a thing.

    Attributes
    ----------
    name, summary
        The name of the question, and the question in plain words.
    parameters
        What to give to `GraphReader.ask` with the name.
    rows
        The number of rows of the answer.
    shares
        Whether the answer has numbers.

    """

    name: str
    summary: str
    parameters: dict[str, str]
    rows: int
    shares: bool


class GraphReader:
    """A built graph in memory, read-only; threads may share it, because each call consumes its own results.

    `kg_builder.open_graph` opens one.

    Attributes
    ----------
    questions
        The stored questions by name; each is also a function, such as `graph.questions.how_common(topic="grooming")`.
    base
        The base of the IRIs of things: a thing may be given without it, as `threat/grooming`.
    notes
        What a reader of every answer must know, such as that the tables have changed since the build.

    """

    def __init__(self, root: Path, build: Path, store: pyoxigraph.Store | None = None, base: str = "") -> None:
        """Open the graph that was built from the project at `root` into the folder `build`.

        With `store`, which already holds the triples of the graph, and `base`, no file is read.
        Raise `ProblemsFound` if there is no build. A stored question is read, and checked, when it is asked.
        """
        lines = build / "kg.nq"
        if store is None and not lines.is_file():
            raise ProblemsFound.at(
                Location(str(lines)),
                rule="file",
                found="no file of that name",
                expected="a built graph",
                hint="Run `make build` (or `kg-builder build`) first.",
            )
        self.root = root
        self.questions = Questions(self.ask, root)
        self.store = _loaded(lines) if store is None else store
        ends = (graph.value for graph in self.store.named_graphs() if graph.value.endswith(ONTOLOGY_GRAPH))
        self.base = base or next(ends, BASE).removesuffix(ONTOLOGY_GRAPH)
        self.notes = _stale(root, lines) if store is None else ()
        self.samples: dict[str, tuple[dict[str, Share], int | None]] = {}  # of the same people
        self.wholes: dict[tuple[str, str], Answer] = {}  # about everything at once, filled on first use

    # ---------------------------------------------------------------- questions and queries

    def ask(self, name: str, /, **parameters: object) -> Answer:
        """Return the answer to a stored question.

        Parameters
        ----------
        name
            The name of the question; `questions` lists them.
        **parameters
            The values of its parameters; a missing one has its default. A thing may be given by IRI, by `type/id`,
            or by one of its names.

        Returns
        -------
        Answer
            The rows, with the number, unit, base and interval of what was printed where the question has them.

        Raises
        ------
        ProblemsFound
            For an unknown question or parameter, or a value that matches nothing.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> answer = open_graph().ask("how-common", topic="grooming")
        >>> row = next(iter(answer))
        >>> row["answer"], row["value"], row["unit"], row["population"]
        ('Yes', Decimal('62.5'), 'percent', 'All officers')

        """
        question = self.question(name)
        return self.answer(question.query.text, self.bound(question, parameters), question.summary)

    def how_sure(self, answer: Answer) -> str:
        """Return a sentence on whether confidence intervals can be given for an answer.

        Returns
        -------
        str
            The sentence; empty if the answer has no shares.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> graph = open_graph()
        >>> graph.how_sure(graph.ask("how-common", topic="grooming")).split(",")[0]
        '2 of 8 shares have a base'

        """
        sure = self.confidences(answer)
        given = sum(1 for each in sure if not each.reason)
        why = "; ".join(sorted({each.reason for each in sure if each.reason}))
        if not sure:
            return ""
        if not given:
            return f"No confidence interval can be given: {why}."
        some = f"{given} of {len(sure)} shares have" if why else "All shares have"
        return f"{some} a base, so that a confidence interval (ours, not the report's) can be given." + (
            f" Else: {why}." if why else ""
        )

    def question(self, name: str) -> StoredQuestion:
        """Return a stored question.

        Raises
        ------
        ProblemsFound
            With the nearest names, if it does not exist.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().question("how-common").summary
        'How common is something, of all that survey respondents were asked about it?'

        """
        if name not in self.questions:
            expected = f"one of the stored questions, such as {', '.join(nearest(name, self.questions))}"
            raise ProblemsFound.at(Location(name), rule="name", found="no question of that name", expected=expected)
        return self.questions[name]

    def query(self, text: str) -> Answer:
        """Return the answer to a query on all named graphs together.

        Parameters
        ----------
        text
            A query in SPARQL 1.1, with its prefixes.

        Returns
        -------
        Answer
            The rows of a SELECT, one cell for ASK, the triples of a CONSTRUCT or DESCRIBE.

        Raises
        ------
        ProblemsFound
            For a syntax error, an update, SERVICE, and sums or means of numbers that cannot be added.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> graph = open_graph()
        >>> graph.query("ASK { <https://w3id.org/child-protection-kg/threat/grooming> ?property ?value }").rows
        ((True,),)

        """
        self.refuse(text)
        return self.answer(text, {}, "")

    def serialized(self, text: str, terms: Terms, form: pyoxigraph.QueryResultsFormat | pyoxigraph.RdfFormat) -> bytes:
        """Return the results of a query in a standard format.

        Parameters
        ----------
        text
            A query, which is not checked: see `refuse`.
        terms
            The terms to which its variables are bound.
        form
            A format of SPARQL results for rows, of RDF for triples.

        Returns
        -------
        bytes
            The results in UTF-8.

        Raises
        ------
        ProblemsFound
            If the format does not fit the results.

        Examples
        --------
        >>> import pyoxigraph
        >>> from kg_builder import open_graph
        >>> open_graph().serialized("SELECT (1 AS ?one) {}", {}, pyoxigraph.QueryResultsFormat.CSV).split()
        [b'one', b'1']

        """
        results = self.results(text, terms)
        if isinstance(results, pyoxigraph.QueryTriples) != isinstance(form, pyoxigraph.RdfFormat):
            expected = "a format of RDF for triples, a format of SPARQL results for tables"
            raise ProblemsFound.at(Location("--format"), rule="format", found=form.name, expected=expected)
        return results.serialize(format=form) or b""  # type: ignore[arg-type]

    def refuse(self, text: str) -> None:
        """Raise `ProblemsFound` if a query does something forbidden."""
        from kg_builder.queries.percentage_rules import percentage_problems  # noqa: PLC0415  (rdflib's algebra is heavy)

        file = "the query"
        problems = [*query_problems(file, text)] or [*percentage_problems(file, text, self.rules)]
        if problems:
            raise ProblemsFound(problems)

    @cached_property
    def rules(self) -> Rules:
        """The ontology's rules for reading numbers."""
        from kg_builder.queries.percentage_rules import rules_of  # noqa: PLC0415

        ontology = pyoxigraph.NamedNode(self.base + ONTOLOGY_GRAPH)
        stated = self.store.quads_for_pattern(None, None, None, ontology)
        return rules_of((quad.subject, quad.predicate, quad.object) for quad in stated)

    def results(
        self, text: str, terms: Terms
    ) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples:
        """Return the results of a query over the union of all named graphs, with some variables bound to terms."""
        bound = {pyoxigraph.Variable(name): term for name, term in terms.items()}
        return self.store.query(text, use_default_graph_as_union=True, substitutions=bound)

    def answer(self, text: str, terms: Terms, asked: str) -> Answer:
        """Return the results of a query as an answer."""
        results = self.results(text, terms)
        rows: tuple[Row, ...]
        if isinstance(results, pyoxigraph.QuerySolutions):
            columns = tuple(each.value.removeprefix("_") for each in results.variables)
            rows = tuple(tuple(map(value_of, solution)) for solution in results)
        elif isinstance(results, pyoxigraph.QueryTriples):
            columns = ("subject", "predicate", "object")
            rows = tuple(sorted(tuple(map(value_of, triple)) for triple in results))
        else:
            columns, rows = ("answer",), ((bool(results),),)
        return Answer(asked, columns, rows, self.notes, self.base)

    # ---------------------------------------------------------------- parameters

    def bound(self, question: StoredQuestion, given: Mapping[str, object]) -> Terms:
        """Return the terms to which the parameters of a question are bound."""
        names = [parameter.name for parameter in question.parameters]
        for name in given:
            if name not in names:
                raise ProblemsFound.at(
                    Location(question.name),
                    rule="parameter",
                    found=f"the parameter {name}",
                    expected=f"a parameter of it: {', '.join(names) or 'it has none'}",
                )
        return {
            each.variable: self._term(question, each, str(given.get(each.name, each.default)))
            for each in question.parameters
        }

    def _term(self, question: StoredQuestion, parameter: Parameter, text: str) -> Term:
        """Return the value of a parameter as an RDF term; raise `ProblemsFound` if it matches nothing."""
        if parameter.form != "iri":
            literal = parameter.literal(text)
            if literal is None:
                expected = {"integer": "a whole number, such as 50", "decimal": "a number with a point, such as 28.6"}
                raise ProblemsFound.at(
                    Location(question.name, field=parameter.name),
                    rule="value",
                    found=quoted(text),
                    expected=expected[parameter.form],
                )
            return literal
        return self.thing(text) or self._named(question, parameter, text)

    def thing(self, text: str) -> pyoxigraph.NamedNode | None:
        """Return the thing of an IRI, with or without the base; None if the graph does not hold it.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().thing("threat/grooming")
        <NamedNode value=https://w3id.org/child-protection-kg/threat/grooming>

        """
        for iri in (text, self.base + text):
            try:
                node = pyoxigraph.NamedNode(iri)
            except ValueError:
                continue
            if next(iter(self.store.quads_for_pattern(node, None, None)), None):
                return node
        return None

    def _named(self, question: StoredQuestion, parameter: Parameter, text: str) -> pyoxigraph.NamedNode:
        """Return the allowed value with that name or code.

        Raise `ProblemsFound` with the nearest names if it is ambiguous.
        """
        allowed = self.allowed(question, parameter)
        known = {*allowed}
        labels = [label for label in self.labels if label.thing in known]
        found = matches(text, labels)
        best = [match for match in found if match.score == found[0].score >= CLEAR]
        ends = [iri for iri in allowed if iri.endswith(f"/{text}")]
        if len(ends) == 1 or len(best) == 1:
            return pyoxigraph.NamedNode(ends[0] if len(ends) == 1 else best[0].thing)
        close = [match.thing for match in found[:5]] or nearest_things(text, labels) or nearest(text, allowed)
        examples = ", ".join(iri.removeprefix(self.base) for iri in close)
        raise ProblemsFound.at(
            Location(question.name, field=parameter.name),
            rule="value",
            found=quoted(text),
            expected=f"one of its {len(allowed)} values, such as {examples}",
        )

    def allowed(self, question: StoredQuestion, parameter: Parameter) -> list[str]:
        """Return the values with an answer; other parameters have their default, if the graph holds it."""
        whole = self.whole(question, parameter)
        return sorted({str(value) for value in whole.column(parameter.column) if value is not None})

    def whole(self, question: StoredQuestion, open_parameter: Parameter | None = None) -> Answer:
        """Return the answer of a question for all values of one of its parameters; it is computed once.

        The parameter is the first that takes things, unless another is given. The other parameters have their default,
        if the graph holds it: there would be too many pairs of things.
        """
        things = [each for each in question.parameters if each.form == "iri"]
        opened = open_parameter or next(iter(things), None)
        key = (question.name, opened.name if opened else "")
        if key not in self.wholes:
            others = (each for each in question.parameters if each != opened)
            held = ((each.variable, each.literal(each.default) or self.thing(each.default)) for each in others)
            terms: Terms = {variable: term for variable, term in held if term}
            self.wholes[key] = self.answer(question.query.text, terms, question.summary)
        return self.wholes[key]

    def held(self, text: str) -> str:
        """Return the full IRI for an IRI with or without the base; empty if the graph does not hold it."""
        node = self.thing(text)
        return node.value if node else ""

    # ---------------------------------------------------------------- names

    @cached_property
    def labels(self) -> list[Label]:
        """The names and codes of all things that can be found by them."""
        query = stored_query(self.root / "queries" / "find" / "labels.rq", "find")
        rows = self.answer(query.text, {}, "").rows
        return [
            Label(str(thing), str(kind), str(name), str(label), bool(is_code))
            for thing, kind, name, label, is_code in rows
        ]

    def find(self, words: str, limit: int = 10) -> list[Match]:
        """Return the things whose names are most like a text; spelling may differ. A code finds its thing.

        Parameters
        ----------
        words
            A name, some words of one, or a code, such as CZ.
        limit
            The maximum number of things.

        Returns
        -------
        list of Match
            The things, best first.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> [(match.kind, match.name) for match in open_graph().find("groming")][0]
        ('threat', 'grooming')

        """
        return matches(words, self.labels)[:limit]

    def find_questions(self, words: str, limit: int = 5) -> list[Match]:
        """Return the stored questions whose words are most like these.

        Parameters
        ----------
        words
            Some words of a question.
        limit
            The maximum number of questions.

        Returns
        -------
        list of Match
            The questions, best first; `thing` is the name, `name` the question.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().find_questions("how common is it")[0].thing
        'how-common'

        """
        stored = self.questions.values()
        asked = [Label(each.name, "", each.summary, text) for each in stored for text in (each.name, each.summary)]
        return matches(words, asked)[:limit]

    def fitting(self, thing: str) -> list[Fitting]:
        """Return the stored questions with an answer about a thing.

        Parameters
        ----------
        thing
            The complete IRI of the thing.

        Returns
        -------
        list of Fitting
            The questions, those with shares first.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> graph = open_graph()
        >>> first = graph.fitting(graph.base + "threat/grooming")[0]
        >>> first.name, first.parameters, first.rows
        ('how-common', {'topic': 'threat/grooming'}, 8)

        """
        node = pyoxigraph.NamedNode(thing)
        asked = [
            (question, question.parameters[0])
            for question in self.questions.values()
            if len(question.parameters) == 1 and question.parameters[0].form == "iri"
        ]

        def rows(question: StoredQuestion, parameter: Parameter) -> int:
            return len(self.answer(question.query.text, {parameter.variable: node}, ""))

        with ThreadPoolExecutor(os.cpu_count()) as pool:  # the store releases the GIL
            counts = [*pool.map(lambda each: rows(*each), asked)]
        path = thing.removeprefix(self.base)
        found = [
            Fitting(question.name, question.summary, {parameter.name: path}, count, "value" in question.columns)
            for (question, parameter), count in zip(asked, counts, strict=True)
            if count
        ]
        return sorted(found, key=lambda each: (not each.shares, -each.rows, each.name))

    # ---------------------------------------------------------------- comparison of numbers

    def compare(self, *numbers: str) -> Comparison:
        """Return whether two or more shares may be compared and added, and if not, why.

        Parameters
        ----------
        *numbers
            The shares, by IRI or `type/id`.

        Returns
        -------
        Comparison
            The reasons against comparing and adding, and the numbers that may be compared.

        Raises
        ------
        ProblemsFound
            For anything that is not a share that answers a survey question: nothing is allowed by default.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> comparison = open_graph().compare("example-2020/finding/seen-yes", "example-2020/finding/seen-no")
        >>> len(comparison.against), comparison.compared.column("higher")
        (0, ['certain', 'impossible'])

        """
        for number in numbers:
            if not self.ask(FINDING, finding=number).rows:
                found, expected = "something else", "a finding, an answer to a survey question"
                raise ProblemsFound.at(Location(number), rule="number", found=found, expected=expected)
        pairs = [{"a": one, "b": other} for one, other in combinations(numbers, 2)]
        return Comparison(
            against=_together([self.ask("cannot-be-compared", **pair) for pair in pairs]),
            adding=_together([self.ask("cannot-be-added", **pair) for pair in pairs]),
            compared=_together([self.ask("compared", **pair) for pair in pairs]),
        )

    def with_confidence(self, answer: Answer) -> Answer:
        """Return an answer with Wilson's interval for each share, calculated here, not in the report.

        Returns
        -------
        Answer
            With the further columns `confidence_low` and `confidence_high`, in percent at a level of 95 percent, and
            `no_confidence_because`; the answer as it is, if it has no shares.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> graph = open_graph()
        >>> answer = graph.with_confidence(graph.ask("how-common", topic="grooming"))
        >>> answer.with_columns("value", "confidence_low", "confidence_high").rows[4]
        (Decimal('60'), Decimal('44.6'), Decimal('73.7'))

        """
        sure = self.confidences(answer)
        if not sure:
            return answer
        columns = (*answer.columns, "confidence_low", "confidence_high", "no_confidence_because")
        rows = ((*row, *each.interval(), each.reason or None) for row, each in zip(answer.rows, sure, strict=True))
        return dataclasses.replace(answer, columns=columns, rows=tuple(rows), notes=(*answer.notes, OURS))

    def confidences(self, answer: Answer) -> list[Confidence]:
        """Return the uncertainty of the share in each row; empty if there are no shares of survey answers."""
        name = self.question(SAMPLE).parameters[0].name
        columns = [each for each in (name, f"{name}_iri") if {each, "value"} <= set(answer.columns)]
        return [self.confidence(str(iri)) for column in columns[:1] for iri in answer.column(column)]

    def confidence(self, number: str) -> Confidence:
        """Return the uncertainty of a share, given by IRI or `type/id`.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().confidence("example-2020/finding/seen-yes").reason
        'the shares printed beside it cannot all be shares of 40 people'

        """
        iri = self.base + number.removeprefix(self.base)
        if iri not in self.samples:
            beside = list(self.ask(SAMPLE, **{self.question(SAMPLE).parameters[0].name: iri}))
            if not beside:
                return Confidence(Share(Decimal(0), Decimal(100)), reason="the source gives no value")
            shares = {each["beside"]: Share(each["low"], each["high"]) for each in beside}
            self.samples |= dict.fromkeys(shares, (shares, beside[0]["n"]))
        shares, size = self.samples[iri]
        return confidence(shares[iri], [*shares.values()], size)


def _loaded(lines: Path) -> pyoxigraph.Store:
    """Return a store with the quads of a built graph, without validating them again."""
    store = pyoxigraph.Store()
    store.bulk_load(path=str(lines), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
    return store


def chosen(whole: Answer, question: StoredQuestion, given: Mapping[str, str]) -> Answer:
    """Return the rows of a complete answer in which the parameters that take things have the given IRIs.

    An empty IRI leaves a parameter open.
    """
    things = (each for each in question.parameters if each.form == "iri" and given.get(each.name))
    wanted = [(whole.columns.index(each.column), given[each.name]) for each in things]
    rows = (row for row in whole.rows if all(row[place] == iri for place, iri in wanted))
    return dataclasses.replace(whole, rows=tuple(rows))


def _together(answers: list[Answer]) -> Answer:
    """Return the rows of several answers to one question as one answer."""
    return dataclasses.replace(answers[0], rows=tuple(chain.from_iterable(answer.rows for answer in answers)))


SOURCES = (*(f"data/*/*{each.ending}" for each in INPUT_FORMATS), "ontology/**/*.ttl", "queries/derive/*.rq")
"""What a graph is built from."""


def _stale(root: Path, lines: Path) -> tuple[str, ...]:
    """Return a note if the tables, the ontology or the derivations have changed since the graph was built."""
    sources = chain(*(root.glob(pattern) for pattern in SOURCES))
    newest = max(sources, key=lambda path: path.stat().st_mtime_ns, default=None)
    if newest is None or newest.stat().st_mtime_ns <= lines.stat().st_mtime_ns:
        return ()
    return (f"{newest.relative_to(root).as_posix()} is newer than the built graph: run `make build` to see it.",)
