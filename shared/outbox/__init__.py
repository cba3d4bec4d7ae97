"""Events that were recorded but not sent, and the service that sends them."""
