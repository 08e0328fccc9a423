"""A pack as one sealed file: a page, tables, data, receipts, and a signed manifest over all of it (rules I2, I6).

The manifest is a signed note: one line a file, SHA-256 and name. The log's entry of the release holds the manifest's
own hash, and its receipt lies beside it: `hushward_verify.py` shows that nothing was added, left out or changed, and
that the release stands in the log, to whom it was made, without this software.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from console.incidents.pack import Pack, Section, told
from console.keys.signer import Keys

MANIFEST, RECEIPT, VERSION = "manifest.note", "receipt.json", "bundle 1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run: a quote before it makes it text (T41)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on every page and table that leaves: who got it, for what, under which number.

    Attributes:
        release_id: of the release.
        recipient: by name.
        organisation: theirs.
        purpose: a code.
        by: roles of the two people.
    """

    release_id: str
    recipient: str
    organisation: str
    purpose: str
    by: tuple[str, str]

    @property
    def line(self) -> str:
        """Return it in one line."""
        who = f"{self.recipient}, {self.organisation}"
        return f"Released to {who} for {self.purpose} · release {self.release_id} · not to be passed on"


def files_of(pack: Pack, mark: Mark, receipts: Mapping[int, Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the files of a bundle by name, without its manifest.

    Args:
        pack: what it holds.
        mark: stands on each of them.
        receipts: by place in the log.
    """
    files = {"index.html": page_of(pack, mark.line).encode(), "pack.json": _json(_data(pack, mark))}
    files |= {f"csv/{one.key}.csv": _csv(one, mark.line) for one in pack.sections}
    return files | {f"receipts/{index}.json": _json(one) for index, one in receipts.items()}


def manifest_of(files: Mapping[str, bytes], release_id: str) -> str:
    """Return the text that is signed: kind and release, then SHA-256 and name of each file, by name."""
    lines = [f"hushward {VERSION}", f"release {release_id}"]
    lines += [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(files.items())]
    return "\n".join(lines) + "\n"


def packed(files: Mapping[str, bytes], manifest: str, origin: str, keys: Keys, receipt: Mapping[str, Any]) -> bytes:
    """Return the bundle as one file."""
    whole = {**files, MANIFEST: keys.sign_note(origin, manifest).encode(), RECEIPT: _json(receipt)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted(whole.items()):
            file.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def page_of(pack: Pack, line: str) -> str:
    """Return the pack as one page that needs nothing else: the mark stands over each table and on each printed page."""
    shown = escape(line)
    parts = [_HEAD, f'<div class="mark">{shown}</div><h1>Investigation pack</h1><p>{shown}</p>']
    where, when = pack.where, f"{told(pack.where.from_at)} to {told(pack.where.until_at)}"
    parts.append(f"<p>Room {escape(where.room_id)}, stay {escape(where.stay_id)}, {when} (all times UTC).</p>")
    parts.append("<h2>What this system never records</h2><ul>")
    parts += [f"<li>{escape(one)}</li>" for one in pack.not_recorded]
    parts.append("</ul><h2>What is missing</h2><ul>")
    parts += [f"<li>{escape(one.title)}: {escape(one.missing)}</li>" for one in pack.sections if one.missing]
    parts.append("</ul>")
    parts += [_table(one, shown) for one in pack.sections]
    return "".join([*parts, "</body></html>\n"])


def _table(one: Section, shown: str) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in one.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in one.rows)
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if one.rows else ""
    missing = f"<p><strong>Missing:</strong> {escape(one.missing)}</p>" if one.missing else ""
    return f'<section><h2>{escape(one.title)}</h2><p class="small">{shown}</p>{missing}{body}</section>'


def _csv(one: Section, line: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([line])
    if one.missing:
        writer.writerow([f"Missing: {one.missing}"])
    writer.writerow(one.columns)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in one.rows)
    return out.getvalue().encode()


def _data(pack: Pack, mark: Mark) -> dict[str, Any]:
    where = pack.where
    return {
        "hushward": "pack 1",
        "mark": asdict(mark),
        "made_at": pack.made_at.isoformat(),
        "room": where.room_id,
        "stay": where.stay_id,
        "from": where.from_at.isoformat(),
        "until": where.until_at.isoformat(),
        "not_recorded": pack.not_recorded,
        "sections": {
            one.key: {
                "title": one.title,
                "missing": one.missing or None,
                "rows": [dict(zip(one.columns, row, strict=True)) for row in one.rows],
            }
            for one in pack.sections
        },
    }


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Investigation pack</title>
<style>
body{font:16px/1.5 Arial,sans-serif;color:#212b32;margin:2rem auto;padding:0 1rem;max-width:75rem}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{border-bottom:1px solid #aeb7bd;padding:.25rem .5rem;text-align:left;vertical-align:top;word-break:break-word}
section{overflow-x:auto}
.small{font-size:13px;color:#4c6272}
.mark{display:none}
@media print{.mark{display:block;position:fixed;bottom:0;font-size:9px}thead{display:table-header-group}}
</style></head><body>"""
