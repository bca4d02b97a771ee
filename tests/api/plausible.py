"""The API's document for making up requests that get somewhere: ids, names and bodies that nobody has all end alike."""

from collections.abc import Callable
from typing import Any

Get = Callable[[str], Any]
"""Gives the JSON at an address below the API's."""

ID_OF = {"conversation": "conversations", "message": "messages", "record": "records", "template": "templates"}
ENOUGH = 20  # values of what is there that a parameter is given


def narrowed(document: dict[str, Any], get: Get) -> dict[str, Any]:
    """The document, with parameters, bodies and their keys that also take what is there."""
    lists = [path for path, operations in document["paths"].items() if "{" not in path and is_list(operations)]
    there = {path[1:]: get(f"{path}?limit=200")["items"] for path in lists}
    cursors = {path: get(f"{path}?limit=1")["next"] for path in lists}
    named, whole = known(there), bodies(there)
    for path, operations in document["paths"].items():
        here = {
            "id": named.get(path.split("/")[1], []),
            "name": ["Started", *named["rule"][:2]] if path.endswith("/start") else named["file"],
            "cursor": [cursors[path]] if cursors.get(path) else [],
        }
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = widened(parameter["schema"], {**named, **here}.get(parameter["name"], []))
            for body in operation.get("requestBody", {}).get("content", {}).values():
                keys = keys_of(document, body["schema"])
                keys.update({name: widened(schema, named.get(name, [])) for name, schema in keys.items()})
                body["schema"] = widened(body["schema"], whole.get(operation["operationId"], []))
    return document


def is_list(operations: dict[str, Any]) -> bool:
    """Whether an address gives out a list, a page at a time, to whoever asks for nothing in particular."""
    parameters = operations.get("get", {}).get("parameters", ())
    return any(each["name"] == "cursor" for each in parameters) and not any(each["required"] for each in parameters)


def known(there: dict[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    """What is there, by the names of parameters and keys that take it, and by the first words of addresses."""
    ids = {name: [each["id"] for each in items if "id" in each] for name, items in there.items()}
    return {
        **ids,
        **{one: ids[many] for one, many in ID_OF.items()},
        "media": [file["id"] for message in there["messages"] for file in message["media"]],
        "rule": [rule["name"] for rule in there["rules"]],
        "file": sorted({rule["file"] for rule in there["rules"] if rule["file"]}),
        "line": [line["name"] for line in there["lines"]],
        "fields": [record["fields"] for record in there["records"]],
        "to": [talk["number"] for talk in there["conversations"]],
        "number": [talk["number"] for talk in there["conversations"]],
        "assignee": ["admin@example.com", "agent@example.com"],
    }


def bodies(there: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Whole bodies that fit what is there, by operations: those that are put together by chance hardly ever do."""
    numbers, templates = [talk["number"] for talk in there["conversations"]], there["templates"]
    return {
        "send_message": [
            *({"to": number, "text": "Hello"} for number in numbers[: ENOUGH // 2]),
            *({"to": numbers[0], "template": template["id"]} for template in templates),
        ],
        "create_record": [{"kind": record["kind"], "fields": record["fields"]} for record in there["records"]],
        "create_document": [
            {"record": record["id"], "kind": "invoice", "number": f"F-{at}", "amount": "180.50"}
            for at, record in enumerate(there["records"])
        ],
        "start_rule": [{"record": record["id"]} for record in there["records"] if record["kind"] == "contact"],
    }


def keys_of(document: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The keys of a JSON body, as they stand in the document."""
    if "$ref" in body:
        body = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    keys: dict[str, Any] = body.get("properties", {})
    return keys


def widened(schema: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """The schema, or one of the values. Where any text would do, the values alone: schemathesis passes over values that
    the schema allows anyway, and tries what is none of them by itself.
    """
    if not values or "enum" in schema:
        return schema
    some = {"enum": values[:ENOUGH]}
    return some if schema.get("type") == "string" and "pattern" not in schema else {"anyOf": [schema, some]}
