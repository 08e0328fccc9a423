"""The contract as others rely on it: shapes that stay, sizes that hold, nothing that could smuggle."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from broker import asyncapi, topics
from broker.codec import decode, encode
from broker.messages import CONTRACT_VERSION, MAX_MESSAGE_BYTES, Upward
from tests.kit import contract, schemas

FIXTURES = Path(__file__).parent / "fixtures"
V1 = sorted((FIXTURES / "v1").glob("*.json"))
MESSAGES = asyncapi.schemas()
UPWARD = {one.__name__ for one in Upward.__args__}  # type: ignore[attr-defined]
IDENTIFYING = {"name", "patient", "patient_id", "initials", "stay", "stay_id", "person", "nhs_number", "date_of_birth"}


@pytest.mark.parametrize("path", V1, ids=lambda path: path.stem)
def test_a_real_message_of_version_1_decodes_for_ever(path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    topic = topics.parse(told["topic"])
    assert topic is not None
    message = decode(topic, json.dumps(told["message"]).encode())
    assert json.loads(encode(message)) == told["message"]


def test_every_kind_of_message_has_a_fixture_with_its_present_content() -> None:
    assert {path.stem for path in V1} == set(contract.examples())
    for name, (topic, message) in contract.examples().items():
        told = json.loads((FIXTURES / "v1" / f"{name}.json").read_text("utf-8"))
        assert told == {"topic": str(topic), "message": json.loads(encode(message))}


def test_a_schema_does_not_change_without_a_new_contract_version() -> None:
    kept = json.loads((FIXTURES / f"schemas-v{CONTRACT_VERSION}.json").read_text("utf-8"))
    assert kept == _without_prose(MESSAGES), (
        "a changed field is a new contract version (HOUSE, the contract between the ends)"
    )


@pytest.mark.parametrize("name", MESSAGES)
def test_the_largest_possible_message_fits_the_size_limit(name: str) -> None:
    assert schemas.most_bytes(MESSAGES[name]) <= MAX_MESSAGE_BYTES


@pytest.mark.parametrize("name", MESSAGES)
def test_the_computed_largest_size_is_no_less_than_any_real_message(name: str) -> None:
    real = [len(encode(message)) for _, message in contract.examples().values() if type(message).__name__ == name]
    assert real
    assert max(real) <= schemas.most_bytes(MESSAGES[name])


@pytest.mark.parametrize("name", MESSAGES)
def test_every_text_field_is_an_enum_a_time_or_a_closed_pattern(name: str) -> None:
    for path, field in schemas.fields(MESSAGES[name]):
        if field.get("type") == "string":
            closed = "enum" in field or "const" in field or field.get("format") == "date-time"
            assert closed or field.get("pattern") in schemas.LONGEST_TEXT, path


@pytest.mark.parametrize("name", MESSAGES)
def test_every_number_has_both_bounds(name: str) -> None:
    for path, field in schemas.fields(MESSAGES[name]):
        if field.get("type") in ("integer", "number") and "const" not in field and "enum" not in field:
            assert {"minimum", "exclusiveMinimum"} & field.keys(), path
            assert {"maximum", "exclusiveMaximum"} & field.keys(), path


@pytest.mark.parametrize("name", sorted(UPWARD))
def test_no_bytes_and_no_free_array_leave_a_node(name: str) -> None:
    for path, field in schemas.fields(MESSAGES[name]):
        assert field.get("format") not in ("binary", "byte", "base64url"), path
        if field.get("type") == "array":
            item = _resolved(field["items"], MESSAGES[name])
            assert field["maxItems"] <= 16, path
            assert "enum" in item or item.get("pattern") in (r"^[0-9a-f]{32}$", r"^[0-9a-f]{64}$"), path


@pytest.mark.parametrize("name", MESSAGES)
def test_no_field_is_open_and_none_can_name_a_person(name: str) -> None:
    for path, field in schemas.fields(MESSAGES[name]):
        if field.get("type") == "object":
            assert field["additionalProperties"] is False, path
            assert not IDENTIFYING & field["properties"].keys(), path


@pytest.mark.parametrize("name", contract.examples())
def test_a_real_message_satisfies_its_published_schema(name: str) -> None:
    _, message = contract.examples()[name]
    jsonschema.Draft202012Validator(MESSAGES[type(message).__name__]).validate(json.loads(encode(message)))


def test_the_published_asyncapi_document_is_fresh() -> None:
    kept = Path("docs/reference/asyncapi.json").read_text("utf-8")
    assert kept == asyncapi.text(), "run `make docs`"


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi.document()
    for reference in _references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for inner in node.values() for one in _references(inner)]
    if isinstance(node, list):
        return [one for inner in node for one in _references(inner)]
    return []


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return node


def _without_prose(node: Any) -> Any:
    """Leave out what only explains: a clearer sentence is no new contract."""
    if isinstance(node, dict):
        kept = {
            key: inner for key, inner in node.items() if key not in ("description", "title") or isinstance(inner, dict)
        }
        return {key: _without_prose(inner) for key, inner in kept.items()}
    return [_without_prose(inner) for inner in node] if isinstance(node, list) else node
