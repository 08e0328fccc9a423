#!/usr/bin/env python3
"""Check what a Hushward console gave you, on any machine, without Hushward and without the internet.

It needs Python 3.11 or later and one package: pip install cryptography

    python hushward_verify.py receipt-41.json        one entry of the log "who looked", under a signed head
    python hushward_verify.py growth.json            two signed heads: the later log begins with the earlier one
    python hushward_verify.py log.jsonl              a whole exported log, entry by entry
    python hushward_verify.py release.zip            a bundle that was released: nothing added, left out or changed

    --key KEY        the ward's public key (64 hex digits, or a file that holds them), from a place you trust;
                     without it the key in the file is used, and printed so that you can compare it
    --witness FILE   heads that a sensor's node has seen: JSON lines with tree_size and root; repeat for more

Exit codes: 0 it holds; 1 it does not, with one sentence that says what is wrong; 2 wrong options; 3 a log holds as far
as it goes, but no witness was asked: one that was cut, or written anew with the console's own keys, looks the same.

Source: RFC 9162 2.1 (leaf and node hashes, inclusion and consistency), C2SP signed-note and tlog-checkpoint.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ENTRY_VERSION, HEAD_EVERY = 1, 20
MANIFEST, RECEIPT, MOST_BYTES = "manifest.note", "receipt.json", 500_000_000
UNREADABLE = (
    ArithmeticError, AttributeError, EOFError, LookupError, RuntimeError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What a file that was touched may make of the readers of JSON and ZIP: none of it is a reason to believe the file."""


class Wrong(Exception):
    """What is wrong, in one sentence."""


class Head(NamedTuple):
    """One head of the log: who signed it (empty for a witness's), how many entries are under it, and their root."""

    origin: str
    size: int
    root: bytes


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two neighbours (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that an entry, its number and its proof lead to (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise Wrong(f"Entry {index} cannot be under a head of {size} entries: the number or the head was changed.")
    inner, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Wrong("The proof is too long: it was changed.")
        if inner & 1 or inner == last:
            node = node_hash(sibling, node)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        inner, last = inner >> 1, last >> 1
    if last:
        raise Wrong("The proof is too short: part of it is missing.")
    return node


def grown_roots(first: int, second: int, first_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the earlier and the later root that a consistency proof leads to (RFC 9162 2.1.4.2)."""
    if not 0 < first < second or not proof:
        raise Wrong(f"There is no proof that {second} entries begin with {first}: the file was changed.")
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    inner, last = first - 1, second - 1
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Wrong("The proof is too long: it was changed.")
        if inner & 1 or inner == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        inner, last = inner >> 1, last >> 1
    if last:
        raise Wrong("The proof is too short: part of it is missing.")
    return old, new


def signed_text(note: str, origin: str, key: str) -> str:
    """Return the text of a note that the key of this origin signed; ValueError and its like when it did not."""
    text, gap, signatures = note.rpartition("\n\n")
    public = bytes.fromhex(key)
    told = [line.removeprefix("\u2014 ").rpartition(" ") for line in signatures.splitlines() if gap]
    mine = [base64.b64decode(blob, validate=True) for name, _, blob in told if name == origin]
    named = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    signature = next(one[4:] for one in mine if one[:4] == named)
    Ed25519PublicKey.from_public_bytes(public).verify(signature, f"{text}\n".encode())
    return f"{text}\n"


def opened(note: str, key: str) -> Head:
    """Return the head of a note that the key signed."""
    try:
        origin, size, root = signed_text(note, note.partition("\n")[0], key).removesuffix("\n").split("\n")
        return Head(origin, int(size), base64.b64decode(root, validate=True))
    except (ValueError, StopIteration, InvalidSignature):
        raise Wrong(
            f"The signed head is not signed by the key {spaced(key)}: it was changed, or is another's."
        ) from None


def check_receipt(told: dict[str, Any], key: str, witnesses: Sequence[Head]) -> str:
    """Check one entry under a signed head; return what to tell."""
    entry, index, head = str(told["entry"]), int(told["index"]), opened(str(told["checkpoint"]), key)
    if leaf_hash(entry.encode()).hex() != told["leaf"]:
        raise Wrong("The entry was changed: its hash is not the one of the receipt.")
    said = json.loads(entry)
    if said["index"] != index:
        raise Wrong(f"The receipt says entry {index}, the entry itself says {said['index']}: one of them was changed.")
    if included_root(leaf_hash(entry.encode()), index, head.size, hashes(told)) != head.root:
        raise Wrong("The entry and its proof do not lead to the signed head: one of them was changed.")
    for one in witnesses:
        if one.size == head.size and one.root != head.root:
            raise Wrong(f"A witness has seen another log of {head.size} entries: the history was written anew.")
    agree = sum(one.size == head.size for one in witnesses)
    seen = f", {agree} of {len(witnesses)} heads of witnesses are of that size and agree" if witnesses else ""
    who = f"{said['role'] or 'anyone'} {said['actor']}"
    what = f"{said['action']} ({said['outcome']}), {who}, room {said['room'] or '-'}, reason {said['reason'] or '-'}"
    where = f"entry {index} of {head.origin}, under {head.size} signed entries{seen}"
    return f"The receipt holds: {where}\n  {said['at']} {what}"


def check_growth(told: dict[str, Any], key: str, _witnesses: Sequence[Head]) -> str:
    """Check that the later of two signed heads goes on from the earlier; return what to tell."""
    first, second = opened(str(told["from"]), key), opened(str(told["to"]), key)
    if first.origin != second.origin:
        raise Wrong(f"The two heads are of different logs: {first.origin} and {second.origin}.")
    if first.size == second.size and not told["proof"]:
        roots = (second.root, second.root)
    else:
        roots = grown_roots(first.size, second.size, first.root, hashes(told))
    if roots != (first.root, second.root):
        raise Wrong(f"The log of {second.size} entries does not begin with the log of {first.size}: it was rewritten.")
    return f"The log of {second.size} entries begins with the log of {first.size}: nothing before was changed."


def check_log(lines: Iterable[str], key: str, witnesses: Sequence[Head]) -> str:
    """Check a whole exported log; return what to tell."""
    peaks: list[tuple[int, bytes]] = []
    size, signed, roots, wanted = 0, 0, {}, {one.size for one in witnesses}
    for line in lines:
        told = json.loads(line)
        if "checkpoint" in told:
            head = opened(str(told["checkpoint"]), key)
            if (head.size, head.root) != (size, root_of(peaks)):
                raise Wrong(f"First bad entry {signed} to {size - 1}: they are not those under the signed head.")
            signed = head.size
            continue
        entry = str(told["entry"])
        said = json.loads(entry)
        if (said["v"], said["index"]) != (ENTRY_VERSION, size):
            raise Wrong(f"First bad entry {size}: the entry in its place is number {said['index']}.")
        grow(peaks, leaf_hash(entry.encode()))
        size += 1
        if size in wanted:
            roots[size] = root_of(peaks)
        if size - signed > HEAD_EVERY:
            raise Wrong(
                f"First bad entry {signed}: the signed head that follows every {HEAD_EVERY} entries is missing."
            )
    if signed == 0:
        raise Wrong("First bad entry 0: there is no signed entry at all.")
    for one in sorted(witnesses, key=lambda head: head.size):
        if one.size > size:
            raise Wrong(f"First bad entry {size}: a witness has seen {one.size} entries, so the log was cut.")
        if roots.get(one.size) != one.root:
            raise Wrong(f"First bad entry is below {one.size}: a witness has seen other entries, so it was rewritten.")
    return f"The log holds: {size} entries, {signed} of them signed, {max(wanted, default=0)} seen by a witness"


def check_bundle(path: Path, key: str, witnesses: Sequence[Head]) -> str:
    """Check a released bundle: its manifest, each of its files, and the log's entry of it; return what to tell."""
    with zipfile.ZipFile(path) as file:
        if sum(one.file_size for one in file.infolist()) > MOST_BYTES:
            raise Wrong("It would unpack to more than any bundle is: it was not opened.")
        names = file.namelist()
        held = {name: file.read(name) for name in names}
    if len(names) != len(held):
        raise Wrong("A file stands in it twice: it was changed.")
    note, told = held.pop(MANIFEST).decode(), json.loads(held.pop(RECEIPT))
    brought, entry = str(told["key"]), json.loads(told["entry"])
    if key and brought != key:
        raise Wrong(f"The bundle was signed with the key {spaced(brought)}, and you gave {spaced(key)}.")
    found = check_receipt(told, brought, witnesses)
    try:
        manifest = signed_text(note, opened(str(told["checkpoint"]), brought).origin, brought)
    except (ValueError, StopIteration, InvalidSignature):
        raise Wrong("The manifest is not signed by the key of the log: it was changed, or is another's.") from None
    kind, release, *listed = manifest.removesuffix("\n").split("\n")
    if (
        entry["action"] != "incident:bundle:sealed"
        or entry["text_digest"] != hashlib.sha256(manifest.encode()).hexdigest()
    ):
        raise Wrong("The log's entry in it is of another release: the manifest or the receipt was exchanged.")
    wanted = {name: digest for digest, _, name in (line.partition("  ") for line in listed)}
    for name in sorted(wanted.keys() | held.keys()):
        if name not in held:
            raise Wrong(f"{name} is missing: it was taken out.")
        if name not in wanted:
            raise Wrong(f"{name} was added: the manifest does not know it.")
        if hashlib.sha256(held[name]).hexdigest() != wanted[name]:
            raise Wrong(f"{name} was changed: its hash is not the one of the manifest.")
    receipts = [name for name in held if name.startswith("receipts/")]
    for name in receipts:
        check_receipt(json.loads(held[name]), brought, witnesses)
    return f"The bundle holds ({kind}, {release}): {len(wanted)} files, {len(receipts)} receipts.\n{found}"


def grow(peaks: list[tuple[int, bytes]], node: bytes) -> None:
    """Add a leaf to the complete subtrees, of which only the roots with their heights are kept."""
    height = 0
    while peaks and peaks[-1][0] == height:
        node, height = node_hash(peaks.pop()[1], node), height + 1
    peaks.append((height, node))


def root_of(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    """Return the root over the complete subtrees, the largest first."""
    node = peaks[-1][1] if peaks else hashlib.sha256(b"").digest()
    for _height, left in reversed(peaks[:-1]):
        node = node_hash(left, node)
    return node


def hashes(told: dict[str, Any]) -> list[bytes]:
    """Return the hashes of a proof."""
    return [bytes.fromhex(one) for one in told["proof"]]


def heads(path: Path) -> Iterator[Head]:
    """Yield the heads of a witness's file."""
    for told in map(json.loads, path.read_text("utf-8").splitlines()):
        if told["tree_size"]:
            yield Head("", int(told["tree_size"]), bytes.fromhex(told["root"]))


def spaced(key: str) -> str:
    """Return the beginning of a key in fours, to compare by eye."""
    return " ".join(key[at : at + 4] for at in range(0, 16, 4)) + " ..."


CHECKS = {"receipt 1": check_receipt, "growth 1": check_growth}


def check(path: Path, key: str, witnesses: Sequence[Head]) -> tuple[str, str]:
    """Check one file of any kind; return its kind and what to tell."""
    if zipfile.is_zipfile(path):
        return "bundle 1", check_bundle(path, key, witnesses)
    text = path.read_text("utf-8")
    first = json.loads(text if text.startswith("{\n") else text.partition("\n")[0])
    kind, brought = first["hushward"], str(first["key"])
    if key and brought != key:
        raise Wrong(f"The file was signed with the key {spaced(brought)}, and you gave {spaced(key)}.")
    if kind == "log 1":
        return kind, check_log(text.splitlines()[1:], brought, witnesses)
    return kind, CHECKS[kind](first, brought, witnesses)


def main(arguments: list[str] | None = None) -> int:
    """Check one file and say in words what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", default="")
    parser.add_argument("--witness", type=Path, action="append", default=[])
    asked = parser.parse_args(arguments)
    try:
        given = Path(asked.key).read_text("ascii").strip() if Path(asked.key).is_file() else asked.key
        witnesses = [head for path in asked.witness for head in heads(path)]
        kind, found = check(asked.file, given, witnesses)
    except Wrong as wrong:
        print(f"{asked.file}: DOES NOT HOLD. {wrong}")
        return 1
    except (*UNREADABLE, OSError) as fault:
        if isinstance(fault, OSError) and fault.filename:
            print(f"{fault.filename}: cannot be read: {fault.strerror}")
        else:
            print(f"{asked.file}: DOES NOT HOLD. It is not whole, or was not made by a Hushward console.")
        return 1
    print(found)
    if not given:
        print("The key came with the file: compare it with the one on the ward's notice before you rely on it.")
    if kind == "log 1" and not witnesses:
        print("No witness was asked: a log that was cut, or written anew with the console's keys, would look the same.")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
