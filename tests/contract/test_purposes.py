"""What a node may say is what its purposes name, and nothing about who somebody is or how they feel."""

from broker.messages import LiveState, Record
from broker.vocabulary import Purpose

NEVER = ("face", "identity", "emotion", "mood", "risk", "gender", "birth", "name", "agitat", "aggress", "score")


def fields(schema: dict[str, object]) -> set[str]:
    """Return every field name that a message can hold, at any depth."""
    found: set[str] = set()
    for told in (schema, *dict(schema.get("$defs", {})).values()):  # type: ignore[call-overload]
        found |= set(told.get("properties", {}))
    return found


def test_P8_no_message_of_a_room_can_say_who_somebody_is_or_how_they_feel() -> None:
    said = fields(LiveState.model_json_schema()) | fields(Record.model_json_schema()) | {one.value for one in Purpose}
    assert len(said) > 30
    assert [
        one for one in sorted(said) for part in one.split("_") if any(part.startswith(word) for word in NEVER)
    ] == []
