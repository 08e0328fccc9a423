"""The images and the compose file of a ward, read as text: who runs, what is secret, what can be written."""

import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import pytest

from tests.kit.processes import ROOT

FOLDER = ROOT / "deploy" / "containers"
SERVICES = ("broker", "console", "database", "node")


def stages() -> dict[str, str]:
    """Return the Containerfile's stages by name, each with those that it is built on."""
    found: dict[str, str] = {}
    for part in re.split(r"^(?=FROM )", (FOLDER / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        base, name = re.match(r"FROM (\S+) AS (\S+)", part).groups()  # type: ignore[union-attr]
        found[name] = found.get(base, "") + re.sub(r"^#.*\n", "", part, flags=re.MULTILINE)
    return found


def services() -> dict[str, str]:
    """Return the services of the compose file, each with the bounds that all share."""
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    bounds = text[text.index("x-bounds:") : text.index("services:")]
    body = text[text.index("services:") : text.index("\nnetworks:")]
    parts = re.split(r"^  (\w+):\n", body, flags=re.MULTILINE)[1:]
    return {name: told.replace("<<: *bounds", bounds) for name, told in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("one", SERVICES)
def test_nobody_is_root_in_an_image(one: str) -> None:
    users = re.findall(r"^USER (\S+)", stages()[one], re.MULTILINE)
    assert users[-1:] == ["801:801"]


@pytest.mark.parametrize("one", ("broker", "console", "database"))
def test_an_image_that_can_be_asked_says_how_it_is(one: str) -> None:
    assert re.search(r"^HEALTHCHECK .*", stages()[one], re.MULTILINE)


def test_no_image_is_told_a_secret_and_none_is_somebody_elses() -> None:
    text = "".join(stages().values())
    assert re.search(r"(?i)^(ARG|ENV) .*(password|secret|token|key)", text, re.MULTILINE) is None
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}", "part"}
    assert re.findall(r"^ADD |https?://(?!127\.0\.0\.1)", text, re.MULTILINE) == []


def test_every_package_of_an_image_has_a_version() -> None:
    told = re.findall(r"apt-get install .*--no-install-recommends (.+?) \\", "".join(stages().values()))
    assert len(told) == 2
    assert all(re.fullmatch(r"[a-z0-9-]+=\$\{[A-Z]+\}", one) for one in told)


def test_K1_the_key_that_debian_makes_with_its_database_is_gone_from_the_layer_that_made_it() -> None:
    made = re.search(r"^RUN (?:.*\\\n)*.*postgresql-15=(?:.*\\\n)*.*", stages()["database"], re.MULTILINE)
    assert made is not None
    assert re.search(r"rm -rf .*/etc/ssl/private/ssl-cert-snakeoil\.key", made[0])


@pytest.mark.parametrize("one", SERVICES)
def test_K2_a_service_has_no_rights_writes_what_is_mounted_and_dumps_nothing(one: str) -> None:
    told = services()[one]
    for bound in ('user: "801:801"', "read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "core: 0"):
        assert bound in told, bound
    assert re.search(r"privileged|docker\.sock|network_mode|:latest|cap_add", told) is None
    assert f"image: localhost/hushward-{one}:{version('hushward')}" in told


def test_N2_the_database_and_the_demonstration_node_have_no_way_out_of_the_ward() -> None:
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    assert "ward: {internal: true}" in text
    for one in ("database", "node"):
        assert "networks: [ward]" in services()[one]
        assert "ports:" not in services()[one]


def test_the_broker_does_not_see_the_authoritys_key() -> None:
    mounted = re.findall(r"- \$\{HUSHWARD_HOME:-/srv/hushward\}(\S+?):", services()["broker"])
    assert mounted == ["/authority/broker"]


class _Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_the_health_check_believes_a_200_and_nothing_else() -> None:
    with HTTPServer(("127.0.0.1", 0), _Alive) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}"
        codes = [
            subprocess.run([sys.executable, str(FOLDER / "healthz.py"), url], timeout=60, check=False).returncode
            for url in (f"{place}/healthz", f"{place}/readyz", "http://127.0.0.1:1/healthz")
        ]
        server.shutdown()
    assert codes == [0, 1, 1]
