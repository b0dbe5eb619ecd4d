"""Tools for curators: the folder of a new report, verification against the report, letters about discrepancies."""
