"""The messages between host and worker, as plain classes instead of the compiled FunctionRpc protobufs.

Names and fields are those of FunctionRpc.proto (Azure/azure-functions-language-worker-protobuf). The worker builds its
answers with the classes of this module and reads ours by attribute; it needs no gRPC for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


class TypedData:
    """A value on its way: one of `string`, `bytes`, `json`, `int`, `double`, or nothing at all."""

    def __init__(self, **member: Any) -> None:  # noqa: ANN401 - a protobuf oneof holds any of its types
        self.__dict__.update(member)
        self.kind = next(iter(member), None)
        self.value: Any = next(iter(member.values()), None)

    def WhichOneof(self, _oneof: str) -> str | None:  # noqa: N802 - the name that protobuf gives it
        """Names the member that is set."""
        return self.kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedData) and (self.kind, self.value) == (other.kind, other.value)

    def __hash__(self) -> int:
        return hash((self.kind, self.value))

    def __repr__(self) -> str:
        # Never the value: it may be a message's body.
        return f"TypedData({self.kind})"


@dataclass
class ParameterBinding:
    """A parameter of the function with its value."""

    name: str
    data: TypedData | None

    def WhichOneof(self, _oneof: str) -> str:  # noqa: N802 - the name that protobuf gives it
        """Names the member that is set; shared memory is never used here."""
        return "data"


@dataclass
class RpcException:
    """What a function or the worker raised."""

    message: str = ""
    stack_trace: str = ""
    source: str = ""


@dataclass
class StatusResult:
    """How a request ended."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1

    status: int
    exception: RpcException = field(default_factory=RpcException)


@dataclass
class BindingInfo:
    """The type and the direction of a binding."""

    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2

    type: str
    direction: int
    data_type: int | None = None


@dataclass
class RpcRetryOptions:
    """A retry policy of the app."""

    max_retry_count: int
    retry_strategy: str
    delay_interval: object = None
    minimum_interval: object = None
    maximum_interval: object = None


@dataclass
class RpcFunctionMetadata:
    """A function that the worker found in the app."""

    name: str
    function_id: str
    raw_bindings: Sequence[str]
    retry_options: RpcRetryOptions | None
    directory: str
    script_file: str
    entry_point: str
    language: str
    bindings: Mapping[str, BindingInfo]
    properties: Mapping[str, str]
    is_proxy: bool
    managed_dependency_enabled: bool


@dataclass
class WorkerMetadata:
    """What the worker says of itself."""

    runtime_name: str
    runtime_version: str
    worker_version: str
    worker_bitness: str
    custom_properties: Mapping[str, str]


@dataclass
class WorkerInitRequest:
    """Starts the worker; since Python 3.13 it indexes the app at once."""

    function_app_directory: str
    capabilities: Mapping[str, str] = field(default_factory=dict)


@dataclass
class WorkerInitResponse:
    """Whether the app could be indexed."""

    result: StatusResult
    capabilities: Mapping[str, str]
    worker_metadata: WorkerMetadata


@dataclass
class FunctionMetadataResponse:
    """The functions of the app; None when there is no script file."""

    result: StatusResult
    function_metadata_results: Sequence[RpcFunctionMetadata] | None
    use_default_metadata_indexing: bool


@dataclass
class FunctionLoadRequest:
    """Loads one function."""

    function_id: str


@dataclass
class FunctionLoadResponse:
    """Whether the function could be loaded."""

    function_id: str
    result: StatusResult


@dataclass
class RpcTraceContext:
    """The trace that an invocation belongs to."""

    trace_parent: str
    trace_state: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class RetryContext:
    """How often the host retried; protobuf's defaults, since this host never does."""

    retry_count: int = 0
    max_retry_count: int = 0
    exception: RpcException = field(default_factory=RpcException)


@dataclass
class InvocationRequest:
    """Calls a function."""

    invocation_id: str
    function_id: str
    input_data: Sequence[ParameterBinding]
    trigger_metadata: Mapping[str, TypedData]
    trace_context: RpcTraceContext
    retry_context: RetryContext = field(default_factory=RetryContext)


@dataclass
class InvocationResponse:
    """What a function did."""

    invocation_id: str
    result: StatusResult
    return_value: TypedData | None = None
    output_data: Sequence[ParameterBinding] = ()
