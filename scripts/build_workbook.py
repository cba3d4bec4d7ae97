"""Builds bicep/workbook.json from its template and the queries: `python -m scripts.build_workbook [--check]`.

The template (bicep/workbook.template.json) says which tabs there are and what stands in them; a query stands in a file
of its own in bicep/kql/workbook and nowhere else. What an item means to Azure Monitor:
https://github.com/microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json.

Exit status 0: written, or (--check) as it should be; 1: with --check, the workbook is not the one of its parts.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

BICEP = Path(__file__).parent.parent / "bicep"
TEMPLATE, WORKBOOK, QUERIES = BICEP / "workbook.template.json", BICEP / "workbook.json", BICEP / "kql" / "workbook"
# Put in by bicep/modules/workbook.bicep.
WORKSPACE, GROUP = "WORKSPACE_RESOURCE_ID", "RESOURCE_GROUP_RESOURCE_ID"
_RESOURCES = {
    "microsoft.servicebus/namespaces": "SERVICE_BUS_RESOURCE_ID",
    "microsoft.web/sites": "FUNCTION_APP_RESOURCE_ID",
}
_TEXT, _QUERY, _PARAMETERS, _METRIC, _LINKS, _GROUP = 1, 3, 9, 10, 11, 12
_LOGS, _RESOURCE_GRAPH = 0, 1
_AGGREGATIONS = {"Total": 1, "Minimum": 2, "Maximum": 3, "Average": 4}
_SIZES = {"tiles": 4, "table": 0}
_LINE_CHART, _MEDIUM = 2, 1
_WIDTHS = {"half": "50", "whole": "100"}


def workbook(template: Json, queries: Path = QUERIES) -> Json:
    """Builds the workbook. Raises FileNotFoundError where the template names a query that has no file."""
    tabs = template["tabs"]
    return {
        "version": "Notebook/1.0",
        "items": [
            _named("introduction", _TEXT, {"json": template["introduction"]}),
            _named("parameters", _PARAMETERS, _parameters(template["parameters"])),
            _named("tabs", _LINKS, {"version": "LinkItem/1.0", "style": "tabs", "links": [_link(tab) for tab in tabs]}),
            *(_tab(tab, queries) for tab in tabs),
        ],
        "fallbackResourceIds": [WORKSPACE],
        "$schema": "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
    }


def text_of(document: Json) -> str:
    """Gives the file's text, with one line to a property so that changes can be reviewed."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _named(name: str, kind: int, content: Json, **more: object) -> Json:
    return {"type": kind, "content": content, "name": name, **more}


def _parameters(parameters: list[Json]) -> Json:
    return {"version": "KqlParameterItem/1.0", "style": "pills", "parameters": parameters, "queryType": _LOGS}


def _link(tab: Json) -> Json:
    return {"linkTarget": "parameter", "linkLabel": tab["title"], "subTarget": tab["id"], "cellValue": "Tab"} | {
        "preText": "",
        "postText": "",
        "style": "link",
    }


def _tab(tab: Json, queries: Path) -> Json:
    items = [_named(f"{tab['id']}-about", _TEXT, {"json": tab["about"]})]
    items += [_item(item, queries) for item in tab["items"]]
    visible = {"parameterName": "Tab", "comparison": "isEqualTo", "value": tab["id"]}
    content = {"version": "NotebookGroup/1.0", "groupType": "editable", "items": items}
    return _named(tab["id"], _GROUP, content, conditionalVisibility=visible)


def _item(item: Json, queries: Path) -> Json:
    width = _WIDTHS[item.get("width", "whole")]
    if "metrics" in item:
        return _named(item["id"], _METRIC, _metric(item), customWidth=width)
    return _named(item["query"], _QUERY, _query(item, queries), customWidth=width)


def _query(item: Json, queries: Path) -> Json:
    is_graph = item.get("source") == "resource graph"
    file = queries / f"{item['query']}.{'resourcegraph' if is_graph else 'kql'}"
    show = item["show"]
    content = {
        "version": "KqlItem/1.0",
        "query": file.read_text(encoding="utf-8"),
        "size": _SIZES.get(show, 0),
        "title": item["title"],
        "noDataMessage": item.get("empty", "Nothing in this time."),
        "timeContextFromParameter": "TimeRange",
        "queryType": _RESOURCE_GRAPH if is_graph else _LOGS,
        "resourceType": "microsoft.resourcegraph/resources" if is_graph else "microsoft.operationalinsights/workspaces",
        "crossComponentResources": [GROUP if is_graph else WORKSPACE],
        "visualization": show,
    }
    return content | ({"tileSettings": _tiles()} if show == "tiles" else {})


def _tiles() -> Json:
    return {
        "titleContent": {"columnMatch": "Tile", "formatter": 1},
        "leftContent": {"columnMatch": "Value", "formatter": 12, "formatOptions": {"palette": "auto"}},
        "showBorder": True,
        "sortCriteriaField": "Order",
        "sortOrderField": 1,
    }


def _metric(item: Json) -> Json:
    namespace = item["namespace"]
    return {
        "version": "MetricsItem/2.0",
        "size": _MEDIUM,
        "chartType": _LINE_CHART,
        "resourceType": namespace,
        "metricScope": 0,
        "resourceIds": [_RESOURCES[namespace]],
        "timeContextFromParameter": "TimeRange",
        "metrics": [_measured(namespace, each) for each in item["metrics"]],
        "title": item["title"],
    }


def _measured(namespace: str, metric: Json) -> Json:
    found = {
        "namespace": namespace,
        "metric": f"{namespace}--{metric['name']}",
        "aggregation": _AGGREGATIONS[metric["aggregation"]],
    }
    return found | ({"splitBy": metric["by"]} if "by" in metric else {})


def main() -> int:
    """Builds it, or checks it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build_workbook", description="Builds the workbook.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, and say whether the workbook is up to date"
    )
    checks = parser.parse_args().check
    text = text_of(workbook(json.loads(TEMPLATE.read_text(encoding="utf-8"))))
    if not checks:
        WORKBOOK.write_text(text, encoding="utf-8")
    elif not WORKBOOK.exists() or WORKBOOK.read_text(encoding="utf-8") != text:
        print("bicep/workbook.json is not the one of its parts: run python -m scripts.build_workbook", file=sys.stderr)  # noqa: T201 - a command's answer
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
