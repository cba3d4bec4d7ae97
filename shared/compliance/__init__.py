"""What the tenant is checked for: rules with three answers, and what comes of them. Pure."""
