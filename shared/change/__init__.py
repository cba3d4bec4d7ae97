"""One change, step by step: the service behind the session queue."""
