"""What each endpoint answers, one module per resource."""
