"""Asks the built graph how common something is: `python examples/ask.py technology/deepfakes`."""

import sys
from itertools import groupby
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store, Variable

store = Store()
store.bulk_load(path="build/kg.nq", format=RdfFormat.N_QUADS)

topic = NamedNode("https://w3id.org/child-protection-kg/" + sys.argv[1])
query = Path("examples/how-common.rq").read_text(encoding="utf-8")
rows = store.query(query, use_default_graph_as_union=True, substitutions={Variable("topic"): topic})

names = ["question", "population", "type", "from", "to"]
for question, answers in groupby(rows, key=lambda row: [row[name].value for name in names]):
    text, population, response, start, end = question
    print(f"{text}\n  of: {population} ({response}; printed in lines {start}-{end})")
    for row in answers:
        conflicts = row["conflicts"].value if row["conflicts"] else ""
        flag = f"   but: {conflicts}" if conflicts else ""
        value, low, high = (row[name].value for name in ("value", "low", "high"))
        print(f"  {value:>6} % ({low} to {high})  {row['option'].value}{flag}")
