"""The OpenAPI contract at work: which endpoints there are, who may call them, what goes in and out."""
