"""The Azure Functions host's part on one machine: listens, invokes the app with Azure's own worker code, settles.

Read in this order: `__main__` -> `host` -> `listeners` -> `message_call` -> `invocation` -> `worker`.
What a function sees is decided in `message_metadata`, what becomes of its message in `settle`.
"""
