"""/users/{id}/authentication/methods: every method of a user, each as its own type."""

from local.graph.endpoints.call import Call
from local.graph.endpoints.phone_methods import phone_as_json
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import context
from local.graph.tenant.method_kinds import PASSWORD, Method

PHONE_TYPE = "#microsoft.graph.phoneAuthenticationMethod"


def list_methods(call: Call) -> Answer:
    """GET: password first, then phones, then the rest. There are no pages and no query options."""
    user = call.user()
    phones = [{"@odata.type": PHONE_TYPE, **phone_as_json(phone)} for phone in call.phones_seen(user)]
    methods = [method for method in call.methods_seen(user) if method.kind.graph_type]
    passwords = [method_as_json(method) for method in methods if method.kind.name == PASSWORD]
    others = [method_as_json(method) for method in methods if method.kind.name != PASSWORD]
    name = f"users('{user.id}')/authentication/methods"
    return Answer(200, {"@odata.context": context(call.request, name), "value": [*passwords, *phones, *others]})


def method_as_json(method: Method) -> JsonObject:
    """Writes a method as Graph answers it."""
    return {"@odata.type": method.kind.odata_type, "id": method.id, "createdDateTime": None, **method.properties}
