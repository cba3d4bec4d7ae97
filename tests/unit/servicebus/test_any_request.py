"""Whatever a management request holds, it is answered, and the answer can be written."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from local.servicebus.amqp.encode import encode
from local.servicebus.amqp.types import Array, Int, Timestamp, UInt, ULong, Value
from local.servicebus.clock import ManualClock
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings
from local.servicebus.management import node
from local.servicebus.management.node import ManagementNode
from local.servicebus.requests import Request
from tests.unit.servicebus.at_hand import accepting, encoded, transit

OPERATIONS = sorted([*node._OF_ENTITIES, *node._OF_QUEUES, *node._OF_SUBSCRIPTIONS, "other"])  # noqa: SLF001
PATHS = ["q", "q/$DeadLetterQueue", "s", "t", "t/Subscriptions/all"]
FIELDS = [
    "lock-tokens",
    "sequence-numbers",
    "receiver-settle-mode",
    "session-id",
    "session-state",
    "from-sequence-number",
    "message-count",
    "last-updated-time",
    "skip",
    "top",
    "messages",
    "disposition-status",
    "rule-name",
    "rule-description",
]
NUMBERS = st.sampled_from([-(2**63), -1, 0, 1, 5, 2**63 - 1])
PLAIN: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.sampled_from([Int(-1), Int(1), UInt(2**32 - 1), ULong(2**64 - 1), Timestamp(-(2**63)), Timestamp(2**63 - 1)]),
    st.sampled_from(["a", "b", "", "completed", "abandoned", "defered", "suspended", "x" * 1_000]),
    st.sampled_from([b"", b"x", encoded("x"), encoded("x", session="a")]),
    st.uuids(),
    NUMBERS.map(lambda number: Array(int, (number,))),
    st.lists(st.uuids(), max_size=2).map(lambda tokens: Array(UUID, tuple(tokens))),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["message", "correlation-filter", "sql-filter", "properties", "label"]), inner
        )
    ),
    max_leaves=4,
)


@given(
    st.sampled_from(PATHS), st.sampled_from(OPERATIONS), st.dictionaries(st.sampled_from(FIELDS), NESTED), NESTED, PLAIN
)
def test_every_request_is_answered(
    path: str, operation: str, body: dict[Value, Value], other: Value, link: Value
) -> None:
    clock = ManualClock()
    queues = {"q": QueueSettings(), "s": QueueSettings(requires_session=True)}
    topic = TopicSettings(subscriptions={"all": SubscriptionSettings()})
    namespace = Namespace(NamespaceSettings(queues, {"t": topic}), clock)
    namespace.entity("q").intake.send([transit("one"), transit("two")])
    sessions = namespace.entity("s")
    sessions.intake.send([transit("one", session="a")])
    accepting(sessions, "a", "a")  # type: ignore[arg-type] # it is a queue
    asked = ManagementNode(namespace.entity(path), namespace.subscription(path))
    for told in (body, other):
        request = Request("id", {"operation": f"com.microsoft:{operation}", "associated-link-name": link}, told)
        answer = asked.answer(request)
        assert encode(answer.body)
        assert encode(answer.properties)
    clock.move(1_000)
