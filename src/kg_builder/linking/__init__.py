"""External data: untrusted files and endpoints, matching, mapping decisions, federated questions."""
