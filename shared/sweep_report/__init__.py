"""What a run of the sweep gives to people and to programs: the page, the files beside it, the mail, the metrics."""
