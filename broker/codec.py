"""Bytes to message and back: size limit, version refusal, and the canonical form that signatures cover."""

import json
from typing import Annotated

import rfc8785
from pydantic import Field, TypeAdapter, ValidationError

from broker.errors import MessageRefused, Refusal
from broker.messages import (
    CONTRACT_VERSION,
    MAX_MESSAGE_BYTES,
    Checkpoint,
    ConsentLease,
    Downward,
    LiveState,
    Message,
    NodeAnnouncement,
    NodeLost,
    Receipt,
    Record,
    Upward,
)
from broker.topics import Leaf, Topic

_BY_LEAF: dict[Leaf, TypeAdapter[Upward | Downward]] = {
    Leaf.LIVE: TypeAdapter(Annotated[NodeAnnouncement | LiveState | NodeLost, Field(discriminator="kind")]),
    Leaf.RECORD: TypeAdapter(Record),
    Leaf.LEASE: TypeAdapter(ConsentLease),
    Leaf.RECEIPT: TypeAdapter(Receipt),
    Leaf.CHECKPOINT: TypeAdapter(Checkpoint),
}


def encode(message: Message) -> bytes:
    """Encode a message for the wire.

    Raises:
        MessageRefused: the message would exceed MAX_MESSAGE_BYTES; it is refused where it is made.
    """
    payload = message.model_dump_json(exclude_none=True).encode()
    if len(payload) > MAX_MESSAGE_BYTES:
        raise MessageRefused(Refusal.TOO_LARGE, f"{len(payload)} bytes; at most {MAX_MESSAGE_BYTES}")
    return payload


def decode(topic: Topic, payload: bytes) -> Upward | Downward:
    """Decode what came on a topic.

    Args:
        topic: where it came from; decides which messages are expected.
        payload: the bytes, any content.

    Returns:
        The message, whole and checked.

    Raises:
        MessageRefused: with a code, for anything that is not exactly a message of this version for this topic.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise MessageRefused(Refusal.TOO_LARGE, f"{len(payload)} bytes; at most {MAX_MESSAGE_BYTES}")
    try:
        told = json.loads(payload, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise MessageRefused(Refusal.NOT_JSON, f"not JSON: {error}") from error
    if not isinstance(told, dict):
        raise MessageRefused(Refusal.MALFORMED, "a message is a JSON object")
    if told.get("v") != CONTRACT_VERSION:
        raise MessageRefused(
            Refusal.UNKNOWN_VERSION, f"contract version {told.get('v')!r}; this end reads {CONTRACT_VERSION}"
        )
    try:
        message = _BY_LEAF[topic.leaf].validate_json(payload)
    except (ValidationError, ValueError) as error:
        raise MessageRefused(_refusal_of(error), _sentence(error)) from error
    if message.node_id != topic.node_id:
        raise MessageRefused(Refusal.WRONG_NODE, f"node {message.node_id} on the topic of {topic.node_id}")
    return message


def canonical(message: Message, *, without: frozenset[str] = frozenset({"signature"})) -> bytes:
    """Return the canonical form that a signature covers: RFC 8785 JSON of all fields but `without`.

    A field that is absent on the wire is absent here, so that the form can be made again from the bytes alone: a
    signature can be checked on what no longer is a whole message.

    Source:
        RFC 8785, JSON Canonicalization Scheme.
    """
    return rfc8785.dumps(message.model_dump(mode="json", exclude=set(without), exclude_none=True))


def _refusal_of(error: Exception) -> Refusal:
    if isinstance(error, ValidationError):
        for one in error.errors():
            if one["type"].startswith("union_tag"):
                return Refusal.UNKNOWN_KIND
    return Refusal.MALFORMED


def _sentence(error: Exception) -> str:
    """Say which field is wrong, without repeating its content (it may be anything)."""
    if not isinstance(error, ValidationError):
        return "not a message"
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'message'}: {first['type']}"


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a key appears twice")
    return told
