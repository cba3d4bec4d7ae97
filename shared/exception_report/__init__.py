"""Tells of policy's exceptions before they expire."""
