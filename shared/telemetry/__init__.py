"""What the product tells of its own work: spans, metrics and log attributes, through the OpenTelemetry API only.

Who receives them is decided outside: in Azure the Functions worker sets up azure-monitor-opentelemetry.
"""
