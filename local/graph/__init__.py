"""A stateful twin of the part of Microsoft Graph that the product uses: `python -m local.graph --tenant tenant.json`.

A request goes door (`door`) -> twin (`twin`) -> who may call (`access`) -> throttling, faults -> endpoint (`endpoints`)
-> state (`tenant`, `phones`). `graph-openapi.yaml` says which endpoints there are and what goes in and out.
"""
