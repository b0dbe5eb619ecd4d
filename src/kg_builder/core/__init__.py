"""What all packages build on: problems, names of RDF terms, text files, the folder of outputs, the cache."""
