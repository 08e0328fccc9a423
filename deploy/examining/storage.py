"""The disk under a ward's data: room, whether it can be written, and how far it is worn."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.examining.finding import Finding

WANTED_MB = 500
INODES_WANTED = 2000
"""Files that can still be made; a node's folder holds about twenty, SQLite and the journal make and delete others."""
WORN_FROM = 9
"""Tenths of a memory's rated life from which it is to be exchanged."""
_MB = 1_000_000


def room(folder: Path, ask: Callable[[Path], os.statvfs_result] = os.statvfs) -> Iterable[Finding]:
    """Look at the place where data is kept: is there room, and can it be written.

    Args:
        folder: the data folder; where it is not there yet, the nearest folder above it.
        ask: what the system says of a place.
    """
    place = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    told = ask(place)
    free_mb = told.f_bavail * told.f_frsize // _MB
    yield Finding(
        f"{free_mb} MB free for {folder}",
        None
        if free_mb >= WANTED_MB
        else f"free at least {WANTED_MB} MB: look with du -xsh /var/* and journalctl "
        "--vacuum-size=50M, or put the data on another disk",
    )
    # File systems that make inodes as they need them say 0 of 0.
    if told.f_files and told.f_favail < INODES_WANTED:
        yield Finding(
            f"only {told.f_favail} more files can be made on the disk of {folder}",
            "delete folders with very many small files: df -i shows where",
        )
    if told.f_flag & os.ST_RDONLY:
        yield Finding(
            f"{folder} lies on a disk that is mounted read-only, so nothing is kept",
            "the kernel does that when a card fails (dmesg | grep -i mmc): exchange the card, and enrol a new node",
        )


def wear(devices: Path = Path("/sys/block")) -> Iterable[Finding]:
    """Look how far built-in memory is worn, where it says so; memory cards of the SD kind do not say.

    Source:
        JEDEC JESD84-B51, EXT_CSD[268..269] (life time in tenths, 11 is past it) and EXT_CSD[267] (reserve blocks),
        as the kernel shows them in `device/life_time` and `device/pre_eol_info`.
    """
    for device in sorted(devices.glob("mmcblk[0-9]")):
        try:
            lives = [int(one, 16) for one in (device / "device" / "life_time").read_text("ascii").split()]
            reserve = int((device / "device" / "pre_eol_info").read_text("ascii"), 16)
        except (OSError, ValueError):
            yield Finding(f"{device.name} does not say how far it is worn, as SD cards do not")
            continue
        worn = max(lives, default=0)
        is_worn = worn >= WORN_FROM or reserve > 1
        yield Finding(
            f"{device.name} has used at most {min(worn, 10) * 10} % of its rated life"
            f"{', and its reserve is going' if reserve > 1 else ''}",
            "exchange it within the month: a new card, a new node name, and wipe this one" if is_worn else None,
            is_needed=worn > 10 or reserve > 2,
        )


def errors(file_systems: Path = Path("/sys/fs/ext4")) -> Iterable[Finding]:
    """Look whether a file system has met errors, which ext4 counts over restarts."""
    for counter in sorted(file_systems.glob("*/errors_count")):
        try:
            count = int(counter.read_text("ascii"))
        except (OSError, ValueError):
            continue
        if count:
            yield Finding(
                f"the file system on {counter.parent.name} has met {count} error(s)",
                "copy what is needed, check it with e2fsck while nothing uses it, and exchange the disk or card",
            )
