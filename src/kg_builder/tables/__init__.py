"""Table files: read, loaded into the embedded engine, and checked cell by cell."""
