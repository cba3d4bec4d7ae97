"""Explains decisions, and tries policies out: what policy would decide, told in full, with nothing written or sent."""
