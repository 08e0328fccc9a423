"""A node's enrolment, renewal, loss and end, on the two machines where its steps are taken."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.certificates import Authority, read_key, valid_until
from broker.errors import CertificateFault
from broker.vocabulary import Modality
from deploy.errors import ProvisioningFault
from deploy.provisioning import node_side
from deploy.provisioning.authority import Place, WardAuthority, ending_soon
from deploy.provisioning.command import main
from deploy.provisioning.papers import Answer, Asked, Wiped, read_paper, write_paper

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
PLACE = Place("site", "willow", "192.0.2.10")


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    WardAuthority.begin(tmp_path / "ward", PLACE, NOW, "ab" * 32)
    return tmp_path / "ward"


def asked(folder: Path, name: str = "node1", ward: str = "willow") -> Asked:
    return node_side.ask(folder, "site", ward, name, Modality.RADAR)


def enrolled(ward: Path, folder: Path, name: str = "node1", now: datetime = NOW) -> Answer:
    answer = WardAuthority(ward).answer(asked(folder, name), now)
    node_side.take(folder, answer)
    return answer


def test_a_node_is_enrolled_without_a_secret_leaving_either_machine(ward: Path, tmp_path: Path) -> None:
    node = tmp_path / "node"
    request = asked(node)
    answer = WardAuthority(ward).answer(request, NOW)
    node_side.take(node, answer)
    carried = request.model_dump_json() + answer.model_dump_json()
    secrets = [*ward.rglob("*.key"), node / "node.key", node / "tls" / "node.key"]
    assert len(secrets) == 5
    assert all(one.stat().st_mode & 0o077 == 0 for one in secrets)
    assert "PRIVATE" not in carried
    assert not any(one.read_text().strip() in carried for one in secrets)
    assert answer.console_key == "ab" * 32


def test_the_broker_knows_a_node_from_its_answer_until_it_is_taken_back(ward: Path, tmp_path: Path) -> None:
    acl = ward / "broker" / "acl"
    enrolled(ward, tmp_path / "node")
    assert "user node1" in acl.read_text()
    WardAuthority(ward).take_back("node1", "lost", NOW)
    assert "user node1" not in acl.read_text()
    assert f"crlfile {ward / 'broker' / 'taken-back.pem'}" in (ward / "broker" / "mosquitto.conf").read_text()


def test_a_renewal_changes_key_and_certificate_in_one_step_and_wipes_the_old_key(ward: Path, tmp_path: Path) -> None:
    node = tmp_path / "node"
    enrolled(ward, node)
    first = (node / "tls").resolve()
    later = NOW + timedelta(days=380)
    answer = WardAuthority(ward).answer(asked(node), later, is_renewal=True)
    assert (node / "tls").resolve() == first, "the old one is in use until the answer is taken"
    node_side.take(node, answer)
    assert valid_until(node / "tls" / "node.pem") == later + timedelta(days=397)
    assert not first.exists()
    register = WardAuthority(ward).register
    assert [one.ended_at for one in register.vouched if one.name == "node1"] == [None, None]
    WardAuthority(ward).take_back("node1", "replaced", later, all_but_newest=True)
    assert WardAuthority(ward).register.nodes() == ("node1",)


def test_an_answer_to_an_earlier_request_or_to_another_node_is_not_taken(ward: Path, tmp_path: Path) -> None:
    node, other = tmp_path / "node", tmp_path / "other"
    old = WardAuthority(ward).answer(asked(node), NOW)
    asked(node)
    with pytest.raises(CertificateFault, match="newest request"):
        node_side.take(node, old)
    asked(other, "node2")
    with pytest.raises(ProvisioningFault, match="not for this node"):
        node_side.take(other, old)
    with pytest.raises(ProvisioningFault, match="no request waits"):
        node_side.take(tmp_path / "none", old)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ward": "oak"}, "another ward's authority"),
        ({"node_id": "console"}, "no node may be named"),
        ({"node_id": "node9"}, "another node"),
        ({"signature": "AAAA"}, "changed on its way"),
        ({"public_key": "00" * 32}, "changed on its way"),
    ],
)
def test_T19_a_request_that_says_something_else_than_its_keys_is_refused(
    ward: Path, tmp_path: Path, change: dict[str, str], told: str
) -> None:
    with pytest.raises((ProvisioningFault, CertificateFault), match=told):
        WardAuthority(ward).answer(asked(tmp_path / "node").model_copy(update=change), NOW)
    assert WardAuthority(ward).register.nodes() == ()


def test_T20_a_stolen_node_gets_no_certificate_again_under_any_name(ward: Path, tmp_path: Path) -> None:
    node = tmp_path / "node"
    enrolled(ward, node)
    WardAuthority(ward).take_back("node1", "lost", NOW)
    for name, told in (("node1", "was lost"), ("node2", "known as node1")):
        with pytest.raises(ProvisioningFault, match=told):
            WardAuthority(ward).answer(asked(node, name), NOW)


def test_T30_a_second_node_cannot_take_a_name_that_has_a_key(ward: Path, tmp_path: Path) -> None:
    enrolled(ward, tmp_path / "node")
    for is_renewal in (False, True):
        with pytest.raises(ProvisioningFault, match=r"already|another node's key"):
            WardAuthority(ward).answer(asked(tmp_path / "thief"), NOW, is_renewal=is_renewal)


def test_N6_a_wiped_node_leaves_no_key_and_a_certificate_that_only_it_could_sign(ward: Path, tmp_path: Path) -> None:
    node, out = tmp_path / "node", tmp_path / "wiped.json"
    enrolled(ward, node)
    key = (node / "node.key").read_bytes()
    said = node_side.wipe(node, NOW, out)
    assert not node.exists()
    assert "node.key" in said.destroyed
    assert key not in out.read_bytes()
    forged = said.model_copy(update={"at": NOW + timedelta(days=1)})
    with pytest.raises(ProvisioningFault, match="changed after"):
        WardAuthority(ward).take_last_word(forged, NOW)
    ended = WardAuthority(ward).take_last_word(read_paper(out, Wiped), NOW)
    assert [one.ended_why for one in ended] == ["decommissioned"]
    with pytest.raises(ProvisioningFault, match="no node of this ward"):
        WardAuthority(ward).take_last_word(said, NOW)


def test_N6_nothing_is_wiped_where_no_node_is_or_with_its_certificate_inside(ward: Path, tmp_path: Path) -> None:
    node, other = tmp_path / "node", tmp_path / "pictures"
    enrolled(ward, node)
    other.mkdir()
    (other / "holiday").write_text("kept")
    with pytest.raises(ProvisioningFault, match="no node here"):
        node_side.wipe(other, NOW, tmp_path / "out.json")
    with pytest.raises(ProvisioningFault, match="another place"):
        node_side.wipe(node, NOW, node / "out.json")
    assert (other / "holiday").read_text() == "kept"
    assert (node / "node.key").exists()


def test_N6_what_could_not_be_destroyed_is_not_certified(ward: Path, tmp_path: Path) -> None:
    node, out = tmp_path / "node", tmp_path / "wiped.json"
    enrolled(ward, node)
    # A program that runs cannot be written over, by root either.
    program = node / "busy"
    shutil.copy(shutil.which("sleep") or "", program)
    running = subprocess.Popen([str(program), "60"])
    try:
        with pytest.raises(OSError, match="busy"):
            node_side.wipe(node, NOW, out)
        assert not out.exists()
    finally:
        running.kill()
        running.wait()


def test_F31_what_ends_within_thirty_days_is_named_the_soonest_first(ward: Path, tmp_path: Path) -> None:
    enrolled(ward, tmp_path / "node", now=NOW - timedelta(days=5))
    register = WardAuthority(ward).register
    assert list(ending_soon(register, NOW + timedelta(days=361))) == []
    soon = ending_soon(register, NOW + timedelta(days=368))
    assert next(one.name for one in soon) == "node1"
    assert {one.name for one in soon} == {"node1", "broker", "console"}


def test_a_trusts_own_authority_is_used_where_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "ward"
    folder.mkdir()
    given = Authority.open(folder, "the trust", NOW)
    made = WardAuthority.begin(folder, PLACE, NOW)
    assert made.fingerprint == given.fingerprint
    with pytest.raises(ProvisioningFault, match="here already"):
        WardAuthority.begin(folder, PLACE, NOW)


def test_two_who_sign_at_once_both_stand_in_the_register(ward: Path, tmp_path: Path) -> None:
    requests = []
    for name in ("node1", "node2", "node3"):
        requests.append(tmp_path / f"{name}.request.json")
        write_paper(requests[-1], asked(tmp_path / name, name))
    code = "import sys; from deploy.provisioning.command import main; raise SystemExit(main(sys.argv[1:]))"
    running = [
        subprocess.Popen([sys.executable, "-c", code, "sign", str(ward), str(one)], stdout=subprocess.DEVNULL)
        for one in requests
    ]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert WardAuthority(ward).register.nodes() == ("node1", "node2", "node3")


def test_each_step_is_a_command_and_each_fault_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ward, node, config = str(tmp_path / "ward"), str(tmp_path / "node"), tmp_path / "node.toml"
    who = ["--site", "site", "--ward", "willow"]
    assert main(["ward", ward, *who, "--host", "192.0.2.10"]) == 0
    assert main(["console-key", ward, "no key"]) == 1
    assert main(["console-key", ward, "cd" * 32]) == 0
    asking = ["ask", node, *who, "--node", "node1", "--out", str(tmp_path), "--console", "https://console.example"]
    assert main(asking) == 0
    assert "https://console.example/ward?node_id=node1&modality=radar&public_key=" in capsys.readouterr().out
    assert main(["sign", ward, str(tmp_path / "node1.request.json")]) == 0
    assert main(["sign", ward, str(tmp_path / "none.json")]) == 1
    assert main(["take", node, str(tmp_path / "node1.answer.json"), "--config", str(config)]) == 0
    assert f'console_key = "{"cd" * 32}"' in config.read_text()
    assert read_key(Path(node) / "tls" / "node.key")
    assert main(["list", ward]) == 0
    assert main(["wipe", node, "--out", str(tmp_path / "w.json"), "--yes"]) == 0
    assert "CERTIFICATE OF DECOMMISSIONING" in capsys.readouterr().out
    assert main(["wiped", ward, str(tmp_path / "w.json")]) == 0
    assert main(["revoke", ward, "node1"]) == 1
    assert json.loads((tmp_path / "ward" / "register.json").read_text())["vouched"][-1]["ended_why"] == "decommissioned"
    told = capsys.readouterr().err
    assert "hushward provision:" in told
    assert "Traceback" not in told
