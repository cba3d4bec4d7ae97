"""Phone authentication methods: their format, the rules of the set, and SMS sign-in."""
