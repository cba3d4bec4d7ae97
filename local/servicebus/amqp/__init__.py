"""AMQP 1.0 on the wire: types, frames, performatives and messages, without a socket."""
