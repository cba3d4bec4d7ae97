"""Blob storage: what a run of the sweep has read so far, and its reports."""
