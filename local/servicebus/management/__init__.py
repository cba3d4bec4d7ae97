"""What clients ask of an entity by request and answer: renew, peek, schedule, defer, session state, rules."""
