"""Values in OData filters: https://learn.microsoft.com/graph/query-parameters#encoding-query-parameters."""


def quoted(value: str) -> str:
    """Gives a text as a literal of a filter, an apostrophe in it doubled."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
