"""The contracts: what producers send, what subscribers get."""
