"""Tells the user, and whomever policy names, what became of a request."""
