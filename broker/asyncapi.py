"""The contract for others: an AsyncAPI 3.0 document and JSON Schemas, made from the message classes."""

import json
from typing import Any

from broker.messages import (
    CONTRACT_VERSION,
    MAX_MESSAGE_BYTES,
    Checkpoint,
    ConsentLease,
    LiveState,
    Message,
    NodeAnnouncement,
    NodeLost,
    Receipt,
    Record,
)
from broker.topics import ROOT, UPWARD, Leaf, Topic

BY_LEAF: dict[Leaf, tuple[type[Message], ...]] = {
    Leaf.LIVE: (NodeAnnouncement, LiveState, NodeLost),
    Leaf.RECORD: (Record,),
    Leaf.LEASE: (ConsentLease,),
    Leaf.RECEIPT: (Receipt,),
    Leaf.CHECKPOINT: (Checkpoint,),
}
"""Which messages travel on which leaf."""

_ADDRESS = f"{ROOT}/{{site}}/{{ward}}/{{node}}"
_SLUG = {"description": "A slug: a lower-case letter, then up to 31 of a-z, 0-9 and hyphen."}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each message, by class name."""
    return {
        message.__name__: message.model_json_schema(mode="validation") for told in BY_LEAF.values() for message in told
    }


def document() -> dict[str, Any]:
    """Return the AsyncAPI document.

    Source:
        AsyncAPI specification 3.0.0; MQTT bindings 0.2.0.
    """
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hushward, between a node and the ward console",
            "version": f"{CONTRACT_VERSION}.0.0",
            "description": (
                f"Contract version {CONTRACT_VERSION}. A message is one JSON object of at most {MAX_MESSAGE_BYTES} "
                "bytes. Unknown fields and versions are refused. Nothing is retained. No patient identity, no bytes "
                "and no free array crosses this border. Four signed states walk from console to node, and no order."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {leaf.value: _channel(leaf) for leaf in Leaf},
        "operations": {leaf.value: _operation(leaf) for leaf in Leaf},
        "components": {
            "messages": {
                message.__name__: {
                    "title": message.__name__,
                    "summary": (message.__doc__ or "").strip().splitlines()[0],
                    "payload": _embedded(message),
                }
                for told in BY_LEAF.values()
                for message in told
            }
        },
    }


def text() -> str:
    """Return the document as it stands in docs/reference/asyncapi.json."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _channel(leaf: Leaf) -> dict[str, Any]:
    return {
        "address": f"{_ADDRESS}/{leaf}",
        "parameters": {"site": _SLUG, "ward": _SLUG, "node": _SLUG},
        "messages": {one.__name__: {"$ref": f"#/components/messages/{one.__name__}"} for one in BY_LEAF[leaf]},
    }


def _operation(leaf: Leaf) -> dict[str, Any]:
    qos = Topic("site", "ward", "node", leaf).qos
    return {
        # Seen from the console.
        "action": "receive" if leaf in UPWARD else "send",
        "channel": {"$ref": f"#/channels/{leaf}"},
        "summary": "from node to console" if leaf in UPWARD else "from console to node",
        "bindings": {"mqtt": {"qos": qos, "retain": False, "bindingVersion": "0.2.0"}},
    }


def _embedded(message: type[Message]) -> dict[str, Any]:
    """Return a schema whose inner references work where AsyncAPI puts it."""
    schema = message.model_json_schema(
        mode="validation", ref_template=f"#/components/messages/{message.__name__}/payload/$defs/{{model}}"
    )
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
