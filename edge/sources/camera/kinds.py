"""Which files and folders hold a camera's pictures, told without opening one: nothing here needs OpenCV."""

from pathlib import Path

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".ppm")
VIDEOS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v")
TIMES_FILE = "times.csv"
_MATROSKA = b"\x1a\x45\xdf\xa3"
# The first box of an ISO file; the oldest have no `ftyp`, and are known by their names too.
_OLD_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def is_video(path: Path, head: bytes) -> bool:
    """Say whether a file is a video, by its first bytes; a name alone does for one too damaged to have any."""
    if head.startswith(_MATROSKA) or (head[:4] == b"RIFF" and head[8:12] == b"AVI ") or head[4:8] == b"ftyp":
        return True
    has_name = path.suffix.lower() in VIDEOS
    return has_name and (head[4:8] in _OLD_BOXES or not path.is_dir())


def pictures_in(folder: Path) -> list[Path]:
    """List the pictures of a folder, in no order; nothing else in it is looked at."""
    if not folder.is_dir():
        return []
    return [one for one in folder.iterdir() if one.suffix.lower() in PICTURES and one.is_file()]
