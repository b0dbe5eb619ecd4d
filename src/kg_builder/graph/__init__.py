"""A project and the graph that is built from it: sources, N-Quads, derivations."""
