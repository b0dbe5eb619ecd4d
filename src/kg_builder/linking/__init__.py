"""Data of others: untrusted files and endpoints, matching, mapping decisions, federated questions."""
