"""What the product tells of its work, on this machine: received into files, listed, and drawn as a picture."""
