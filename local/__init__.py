"""Azure on one machine: the far ends that the product talks to, and the demo that runs it against them."""
