"""The lock files: is each whole, and the part of one that a single tool installs; every package with its hashes."""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import LockBroken

_PACKAGE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9][A-Za-z0-9.!+_-]*)( ; [^\\\n]+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
_REMEDY = "put the file back as it was committed, or write it anew with make lock"


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock.

    Attributes:
        name: as it stands there.
        lines: its version, its condition and all its hashes.
    """

    name: str
    lines: tuple[str, ...]


def read_lock(path: Path) -> list[Locked]:
    """Read a lock; one version and at least one hash each, and nothing else in it.

    Raises:
        LockBroken: with the line that is not as it was written.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LockBroken(f"{path}: cannot be read ({error}); {_REMEDY}") from error
    found: list[tuple[str, list[str]]] = []
    goes_on = False
    for number, line in enumerate(lines, 1):
        package = _PACKAGE.fullmatch(line)
        told = _HASH.fullmatch(line)
        if not goes_on and package is not None:
            found.append((package[1], [line]))
        elif goes_on and told is not None:
            found[-1][1].append(line)
        else:
            what = "a hash is missing or cut" if goes_on else "not a package with its version and its hashes"
            raise LockBroken(f"{path}:{number}: {what}; {_REMEDY}")
        goes_on = line.endswith("\\")
    if goes_on or not found:
        raise LockBroken(f"{path}: {'ends in the middle of a package' if found else 'is empty'}; {_REMEDY}")
    return [Locked(name, tuple(told)) for name, told in found]


def part(lock: Iterable[Locked], names: Sequence[str]) -> str:
    """Return the lines of some packages, for an installer that asks for hashes.

    Args:
        lock: all of it.
        names: which; each under every condition under which it is locked.

    Raises:
        LockBroken: one of them is not there.
    """
    told = [one for one in lock if one.name in names]
    missing = sorted(set(names) - {one.name for one in told})
    if missing:
        raise LockBroken(f"the lock does not hold {', '.join(missing)}; {_REMEDY}")
    return "".join(f"{line}\n" for one in told for line in one.lines)


def main(arguments: Sequence[str]) -> int:
    """`check LOCK...` reads them all; `part LOCK NAME...` prints the lines of some packages.

    Returns:
        0 done; 1 a lock is broken, with the reason; 2 not understood.
    """
    try:
        match list(arguments):
            case ["check", *locks] if locks:
                counts = [len(read_lock(Path(one))) for one in locks]
                print(f"check: {len(locks)} locks are whole: {sum(counts)} packages, each with its hashes")
            case ["part", lock, *names] if names:
                print(part(read_lock(Path(lock)), names), end="")
            case _:
                print(main.__doc__, file=sys.stderr)
                return 2
    except LockBroken as error:
        print(f"check: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
