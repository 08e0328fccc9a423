"""What a test reads of records that a boxed ward has taken in."""

import json

import rfc8785
from sqlalchemy import select

from broker.codec import encode
from console.store import records
from console.store.tables import records as record_table


def node_of(box):
    return box.nodes["room1"]


def rows(box, table):
    return box.ward.office.store.read(lambda tx: [dict(row._mapping) for row in tx.execute(select(table))])


def refused(box, node="node1"):
    return dict(box.ward.office.store.read(records.refusals).get(node, {}))


def broken(node, **changes):
    """A record that the node itself signed, with a body that no contract allows."""
    told = json.loads(encode(node.record(node.event())))
    told["body"] |= changes
    del told["signature"]
    return json.dumps(told | {"signature": node.sign(rfc8785.dumps(told))}).encode()


def outcomes(box):
    found = box.ward.office.store.read(
        lambda tx: tx.execute(
            select(record_table.c.sequence, record_table.c.outcome).order_by(record_table.c.sequence)
        ).all()
    )
    return [tuple(row) for row in found]
