"""Phone numbers: as people write them, as Graph stores them, and as anyone else may see them."""
