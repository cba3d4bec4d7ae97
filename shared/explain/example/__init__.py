"""Users as a tenant file has them, for `explain` and for a policy's own cases."""
