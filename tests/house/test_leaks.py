"""What a committed file never holds: an address of somebody's machine, a lock with addresses, a secret."""

import re

import pytest

from tests.kit.house import ROOT, committed

BINARY = {".onnx", ".png", ".mo", ".h5", ".npz", ".woff2"}
HOMES = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/[a-z]\w*")
ADDRESSES = re.compile(r"https?://([\w.-]+)")
PRIVATE = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "deploy/locks/setup.lock",
    "deploy/locks/node.lock",
    "deploy/locks/fuzz.lock",
    "package-lock.json",
)
MAY_SPEAK_OF_HOMES = {"tests/house/test_leaks.py"}


def texts() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT)), path.read_text("utf-8", "replace"))
        for path in committed()
        if path.suffix not in BINARY
    ]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    strays = [
        f"{name}: {match.group(0)}"
        for name, text in texts()
        if name not in MAY_SPEAK_OF_HOMES
        for match in HOMES.finditer(text)
    ]
    assert strays == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert ADDRESSES.search(text) is None
    assert "sha256:" in text or '"integrity"' in text


def test_every_locked_package_is_pinned_with_a_hash() -> None:
    for lock in LOCKS[:4]:
        for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip()):
            assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_no_private_key_is_committed() -> None:
    assert [name for name, text in texts() if PRIVATE.search(text) and not name.startswith("tests/house")] == []
