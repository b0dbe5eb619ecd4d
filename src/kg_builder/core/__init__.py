"""The base of all packages: problems, names of RDF terms, text files, the output folder, the cache."""
