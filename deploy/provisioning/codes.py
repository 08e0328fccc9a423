"""The code that a node shows and an engineer's tablet scans: an address at the console, with nothing secret in it."""

import io
from urllib.parse import urlencode

import segno

from broker.vocabulary import Modality


def enrolment_link(console: str, node_id: str, modality: Modality, public_key: str) -> str:
    """Return the address of the console's page on which this node is filled in."""
    told = urlencode({"node_id": node_id, "modality": modality.value, "public_key": public_key})
    return f"{console.rstrip('/')}/ward?{told}#add-node"


def code_lines(link: str) -> list[str]:
    """Return the code as lines of a terminal, two rows of the code in each; 24 lines for an address of 154 bytes.

    Its edge is one module wide and not four (ISO/IEC 18004 asks for four): the terminal around it is the rest.
    """
    drawn = io.StringIO()
    segno.make(link, error="l").terminal(out=drawn, compact=True, border=1)
    return drawn.getvalue().splitlines()
