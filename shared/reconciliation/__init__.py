"""Reconciles what the broker says was completed with what reached a function, and what was accepted with what ended."""
