"""Queues, topics and subscriptions: all that decides about messages, and nothing that knows of sockets."""
