"""Azure Monitor, as far as the reconciliation asks it."""
