"""What is claimed of speed and memory, measured by a command."""
