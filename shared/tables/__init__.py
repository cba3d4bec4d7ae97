"""Table Storage: the ledger with its outbox, the watermarks, the waiting requests, the mails that went out."""
