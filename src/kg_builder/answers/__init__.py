"""Queries on a built graph, for people and programs: answers, labels, comparison, confidence intervals."""
