from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.topics import Leaf, downward_filters, upward_filters
from tests.kit import contract
from tests.kit.processes import BrokerProcess, Heard, broker_process, eventually

RECORD = contract.topic(Leaf.RECORD, "room1")


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerProcess]:
    made = broker_process(request.param, tmp_path, ("room1",))
    made.start()
    yield made
    made.process.kill()


def test_a_killed_broker_is_found_again_with_all_subscriptions(broker: BrokerProcess) -> None:
    heard, node_heard = Heard(), Heard()
    console = broker.link("console", upward_filters("site", "ward"))
    node = broker.link("room1", downward_filters("site", "ward", "room1"))
    console.start(heard.receive, heard.changed)
    node.start(node_heard.receive, node_heard.changed)
    eventually(lambda: console.is_up and node.is_up)
    broker.process.kill()
    eventually(lambda: not console.is_up and not node.is_up, what="the loss")
    assert not node.publish(RECORD, b"lost")
    broker.start()
    eventually(lambda: console.is_up and node.is_up, what="the return")
    assert node.publish(RECORD, b"after")
    eventually(lambda: heard.payloads == [b"after"], what="the delivery")
    console.stop()
    node.stop()


def test_a_wrong_password_never_comes_up(broker: BrokerProcess) -> None:
    broker.logins["room1"] = type(broker.logins["room1"])("room1", "guess")
    stranger = broker.link("room1")
    heard = Heard()
    stranger.start(heard.receive, heard.changed)
    console = broker.link("console", upward_filters("site", "ward"))
    console.start(heard.receive, lambda _up: None)
    eventually(lambda: console.is_up)
    assert not stranger.is_up
    assert heard.changes == []
    stranger.stop()
    console.stop()


def test_the_files_with_passwords_are_read_by_nobody_else(broker: BrokerProcess) -> None:
    folder = broker.process.log.parent
    for path in folder.iterdir():
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        if any(login.password in text for login in broker.logins.values()):
            assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_a_broker_that_cannot_have_its_port_says_so_and_ends(broker: BrokerProcess, tmp_path: Path) -> None:
    second = broker_process("embedded", tmp_path, ("room1",))
    config = (tmp_path / "rumqttd.toml").read_text().replace(str(second.port), str(broker.port))
    (tmp_path / "rumqttd.toml").write_text(config)
    second.process.start()
    assert second.process.running is not None
    assert second.process.running.wait(20) == 1
    assert "cannot start" in second.process.output
