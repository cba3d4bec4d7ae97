"""The demo: an HR feed becomes changed phone numbers, completion events and mails, on this machine."""
