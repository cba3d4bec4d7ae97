"""An AMQP 1.0 broker that the Service Bus SDKs use as their namespace, in memory and in pure Python."""
