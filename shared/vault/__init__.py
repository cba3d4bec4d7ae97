"""Encryption at rest: the key that wraps the keys of single rows, in Key Vault or in a file."""
