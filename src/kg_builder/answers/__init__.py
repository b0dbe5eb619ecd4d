"""A built graph that people and programs query: answers, labels, comparison, confidence intervals."""
