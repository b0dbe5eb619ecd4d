"""Build, validate and publish knowledge graphs of child-protection surveys from tables and SHACL shapes."""

__version__ = "0.1.0"
