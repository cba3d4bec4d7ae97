"""Approvals: a second person lets a held request go on, or cancels it, by a message on a queue of its own."""
