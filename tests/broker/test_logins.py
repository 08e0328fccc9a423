import os
import tomllib
from pathlib import Path

import pytest

from broker import embedded, mosquitto
from broker.logins import Login, new_login, write_private
from broker.messages import MAX_MESSAGE_BYTES


def test_no_two_passwords_are_alike() -> None:
    assert len({new_login("node1").password for _ in range(50)}) == 50


def test_a_login_does_not_show_its_password_when_it_is_printed() -> None:
    login = new_login("node1")
    assert login.password not in repr(login)


def test_a_private_file_is_never_readable_by_others_even_for_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    before = os.umask(0o000)
    try:
        write_private(path, "new")
    finally:
        os.umask(before)
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["secret"]


def test_the_embedded_broker_listens_on_this_machine_alone_and_bounds_its_packets() -> None:
    told = tomllib.loads(embedded.configuration(1999, [Login("node1", "pass")]))["v5"]["1"]
    assert told["listen"] == "127.0.0.1:1999"
    assert MAX_MESSAGE_BYTES < told["connections"]["max_payload_size"] <= 4096
    assert told["connections"]["auth"] == {"node1": "pass"}


@pytest.mark.parametrize(
    "line",
    ["retain_available false", "allow_anonymous false", "use_username_as_clientid true", "listener 1999 127.0.0.1"],
)
def test_mosquitto_on_one_machine_keeps_strangers_out(tmp_path: Path, line: str) -> None:
    config = mosquitto.prepare(tmp_path, 1999, "site", "ward", ("node1",), [Login("node1", "pass")])
    assert line in config.read_text().splitlines()


def test_the_password_file_holds_hashes_and_not_passwords(tmp_path: Path) -> None:
    mosquitto.prepare(tmp_path, 1999, "site", "ward", ("node1",), [Login("node1", "secretpass")])
    text = (tmp_path / "passwords").read_text()
    assert text.startswith("node1:$7$")
    assert "secretpass" not in text
