import errno
import os
from pathlib import Path

import pytest

from broker.durable import replace_durably


def test_the_content_is_on_the_disk_before_the_name_and_the_folder_last(tmp_path: Path) -> None:
    path, seen = tmp_path / "gate.json", list[tuple[str, list[str]]]()

    def sync(handle: int) -> None:
        opened = Path(f"/proc/self/fd/{handle}").readlink()
        seen.append((opened.name, sorted(one.name for one in tmp_path.iterdir())))
        os.fsync(handle)

    replace_durably(path, b"new", sync=sync)
    assert seen == [(".gate.json.new", [".gate.json.new"]), (tmp_path.name, ["gate.json"])]
    assert path.read_bytes() == b"new"


def test_a_disk_that_refuses_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    path.write_bytes(b"old")

    def refuse(_handle: int) -> None:
        raise OSError(errno.EIO, "the disk failed")

    with pytest.raises(OSError, match="the disk failed"):
        replace_durably(path, b"new", sync=refuse)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("gate.json", b"old")]


def test_what_an_earlier_cut_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".gate.json.new").write_bytes(b"half of what was to be")
    (tmp_path / ".gate.json.new").chmod(0o644)
    replace_durably(tmp_path / "gate.json", b"whole")
    assert (tmp_path / "gate.json").read_bytes() == b"whole"
    assert (tmp_path / "gate.json").stat().st_mode & 0o777 == 0o600
