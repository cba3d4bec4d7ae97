"""Builds what is deployed: only what is imported, precompiled, the same bytes each time, with its bill of materials."""
