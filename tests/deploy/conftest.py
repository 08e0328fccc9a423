"""What several tests of deployment stand on."""

from pathlib import Path

import pytest

from broker.clock import SystemClock
from broker.vocabulary import Modality
from deploy.provisioning import node_side
from deploy.provisioning.authority import Place, WardAuthority


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ward whose broker is 127.0.0.1, and a node of it in `node`; another ward in `other`."""
    home, now = tmp_path_factory.mktemp("enrolled"), SystemClock().utc_now()
    for name in ("ward", "other"):
        WardAuthority.begin(home / name, Place("site", "willow", "127.0.0.1"), now, "ab" * 32)
    asked = node_side.ask(home / "node", "site", "willow", "node1", Modality.RADAR)
    node_side.take(home / "node", WardAuthority(home / "ward").answer(asked, now))
    return home
