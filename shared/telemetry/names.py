"""Names of spans, attributes and metrics, once: queries, workbook and alerts are compared with this module by tests.

Where OpenTelemetry's semantic conventions (https://opentelemetry.io/docs/specs/semconv/) have a name it is used; the
rest is ours and begins with `mfaphone.`. Azure Monitor's exporter turns the conventions' attributes of a span into
columns, or drops them: queries rely on ours alone. None of them ever holds a phone number.
"""

from typing import Final

SCOPE: Final = "mfaphone"

# Attributes of the conventions.
MESSAGING_SYSTEM: Final = "messaging.system"
MESSAGING_OPERATION_NAME: Final = "messaging.operation.name"
MESSAGING_OPERATION_TYPE: Final = "messaging.operation.type"
MESSAGING_DESTINATION: Final = "messaging.destination.name"
MESSAGING_SUBSCRIPTION: Final = "messaging.destination.subscription.name"
MESSAGING_MESSAGE_ID: Final = "messaging.message.id"
DELIVERY_COUNT: Final = "messaging.servicebus.message.delivery_count"
ENQUEUED_TIME: Final = "messaging.servicebus.message.enqueued_time"
HTTP_METHOD: Final = "http.request.method"
HTTP_STATUS: Final = "http.response.status_code"
URL_TEMPLATE: Final = "url.template"
URL_FULL: Final = "url.full"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"
URL_SCHEME: Final = "url.scheme"
ERROR_TYPE: Final = "error.type"
FAAS_NAME: Final = "faas.name"
FAAS_TRIGGER: Final = "faas.trigger"
FAAS_INVOCATION_ID: Final = "faas.invocation_id"
USER_ID: Final = "user.id"

# Attributes of our own.
REQUEST_ID: Final = "mfaphone.request.id"
FUNCTION: Final = "mfaphone.function"
OPERATION: Final = "mfaphone.operation"
PHONE_TYPE: Final = "mfaphone.phone_type"
REQUESTED_BY: Final = "mfaphone.requested_by"
DRY_RUN: Final = "mfaphone.dry_run"
ATTEMPT: Final = "mfaphone.attempt"
OUTCOME: Final = "mfaphone.outcome"
CODE: Final = "mfaphone.code"
PUT_OFF_SECONDS: Final = "mfaphone.put_off_s"
REASON: Final = "mfaphone.reason"
AGE_SECONDS: Final = "mfaphone.age_s"
GRAPH_ENDPOINT: Final = "mfaphone.graph.endpoint"
GRAPH_REQUEST_ID: Final = "mfaphone.graph.request_id"
GRAPH_RETRY_AFTER: Final = "mfaphone.graph.retry_after_s"
CONFIRMATION: Final = "mfaphone.confirmation"
RESULT: Final = "mfaphone.result"

# Metrics of the conventions.
CONSUMED_MESSAGES: Final = "messaging.client.consumed.messages"
PROCESS_DURATION: Final = "messaging.process.duration"
HTTP_CLIENT_DURATION: Final = "http.client.request.duration"

# Metrics of our own.
REQUEST_OUTCOMES: Final = "mfaphone.request.outcomes"
REQUEST_DURATION: Final = "mfaphone.request.duration"
REQUESTS_HELD: Final = "mfaphone.request.held"
REQUESTS_PUT_OFF: Final = "mfaphone.request.put_off"
GRAPH_THROTTLED: Final = "mfaphone.graph.throttled"
OUTBOX_UNSENT: Final = "mfaphone.outbox.unsent"
OUTBOX_AGE: Final = "mfaphone.outbox.age"
MESSAGES_PARKED: Final = "mfaphone.message.parked"
BRAKE_ENGAGED: Final = "mfaphone.brake.engaged"
WRITE_CONFIRMATIONS: Final = "mfaphone.write.confirmations"
APPROVAL_ANSWERS: Final = "mfaphone.approval.answers"
MAILS: Final = "mfaphone.notification.mails"
VAULT_CALLS: Final = "mfaphone.vault.calls"
SWEEP_RUNS: Final = "mfaphone.sweep.runs"
RECONCILE_VANISHED: Final = "mfaphone.reconcile.vanished"
RECONCILE_OVERDUE: Final = "mfaphone.reconcile.overdue"
RECONCILE_RUNS: Final = "mfaphone.reconcile.runs"

# First words of span names; what follows is a destination, a function or a URL template.
PROCESS: Final = "process"
SEND: Final = "send"
RUN: Final = "run"
STEP_PREFIX: Final = "mfaphone."
