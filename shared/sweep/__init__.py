"""Checks the whole tenant, page by page, and can go on wherever it was cut off."""
