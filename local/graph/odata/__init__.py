"""OData query options on lists of JSON objects: what is selected, filtered, sorted, counted and paged."""
