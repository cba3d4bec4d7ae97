"""Messages that the broker gave up on, and the service that gives them an outcome."""
