"""Asks the built graph from Python: run it in the project's folder after `make build`."""

from kg_builder import open_graph

graph = open_graph()
for row in graph.questions.how_common(topic="deepfakes"):
    print(f"{row['answer']}: {row['value']} {row['unit']} of: {row['population']}{' (!)' if row['caution'] else ''}")
