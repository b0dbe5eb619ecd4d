"""The static site: pages, tables, sections, graph views."""
