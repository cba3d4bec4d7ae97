"""Azure Monitor on one machine, as far as the product asks it: the metrics of the local Service Bus."""
