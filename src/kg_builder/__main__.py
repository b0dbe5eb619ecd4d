"""`python -m kg_builder` is the same as `kg-builder`."""

from kg_builder.cli import main

raise SystemExit(main())
