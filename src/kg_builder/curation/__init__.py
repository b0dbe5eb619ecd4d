"""What curators need: the folder of a new report, verification against the report, letters about discrepancies."""
