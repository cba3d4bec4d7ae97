"""Service Bus: the event topic, the request queue's scheduled copies, and the parked queue."""
