"""What the sweep reads of Microsoft Graph: whole lists a page at a time, methods in batches, whom policy protects."""
