"""The root of a memory card: what no card may carry is found, and a card that would not start is not written."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.processes import ROOT

IMAGE = ROOT / "deploy" / "image"
# In two parts: this repository is searched for keys itself.
KEY = "-----BEGIN " + "PRIVATE KEY-----\n"


def clean_root(folder: Path) -> Path:
    """Return the files of a card's root that are looked at, as the recipe leaves them."""
    files = {
        "etc/ssh/sshd_config": "",
        "root/.profile": "",
        "var/lib/hushward/node/": "",
        "etc/shadow": "root:!*:20000::::::\ndaemon:*:20000::::::\n",
        "etc/machine-id": "uninitialized\n",
        "etc/hostname": "hushward-node\n",
        "etc/resolv.conf": "# nameserver 192.168.1.1\n",
        "etc/hushward/node.toml": 'console_key = "REPLACE-WITH-THE-KEY"\n',
    }
    for name, text in files.items():
        write(folder, name, text)
    for name in ("home", "opt", "srv"):
        (folder / name).mkdir()
    return folder


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    if name.endswith("/"):
        (root / name).mkdir(exist_ok=True)
    else:
        (root / name).write_text(text)


def search(root: Path) -> subprocess.CompletedProcess[str]:
    command = ("bash", str(IMAGE / "search.sh"), str(root))
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_root_as_the_recipe_leaves_it_is_clean(tmp_path: Path) -> None:
    done = search(clean_root(tmp_path))
    assert (done.returncode, "no key, no password, no name and no address" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("etc/hushward/tls/node.key", KEY, "may carry a key"),
        ("opt/hushward/x/ca.key", KEY, "may carry a key"),
        ("var/backups/old.pem", "-----BEGIN EC " + "PRIVATE KEY-----\n", "may carry a key"),
        ("etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAA", "let somebody in"),
        ("root/.ssh/authorized_keys", "ssh-ed25519 AAAA", "let somebody in"),
        ("etc/shadow", "root::20000::::::\n", "has a password, or none at all: root"),
        ("etc/shadow", "root:*:20000::::::\npi:$y$j9T$abc:20000::::::\n", "has a password, or none at all: pi"),
        ("etc/machine-id", "0123456789abcdef0123456789abcdef\n", "the same machine"),
        ("etc/hostname", "builder\n", "bears the name"),
        ("etc/resolv.conf", "nameserver 192.0.2.53\n", "name server"),
        ("etc/apt/apt.conf.d/proxy", 'Acquire::http::Proxy "http://192.0.2.1";\n', "knows a proxy"),
        ("root/.netrc", "machine example.org login me password x\n", "knows a proxy or a login"),
        ("etc/hushward/node.toml", 'console_key = "abab"\n', "knows a room"),
        ("var/lib/hushward/node/gate.json", "{}", "what a node has kept"),
    ],
)
def test_K1_what_no_card_may_carry_is_found(tmp_path: Path, name: str, text: str, told: str) -> None:
    root = clean_root(tmp_path)
    write(root, name, text)
    done = search(root)
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr + done.stdout


def test_a_card_that_no_raspberry_pi_would_start_from_is_not_written(tmp_path: Path) -> None:
    command = ("bash", str(IMAGE / "card.sh"), str(tmp_path), str(tmp_path / "card.img"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "has no start4.elf" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "card.img").exists()


@pytest.mark.parametrize("finds", [lambda text: "hushward-node" in text, lambda text: "uninitialized" in text])
def test_the_recipe_leaves_what_the_search_asks_for(finds: Callable[[str], bool]) -> None:
    assert finds((IMAGE / "finish.sh").read_text("utf-8"))
