"""Triggers: decode, call one service, settle. No Graph call, no policy."""
