"""Table Storage: the ledger and its outbox, watermarks, waiting requests, mails, the history of changes and numbers."""
