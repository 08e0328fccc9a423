"""Put the built style sheet and script of the screens where the console serves them; a ward then needs no internet."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout that holds package.json and package-lock.json."""

VENDOR = ROOT / "console" / "static" / "vendor"
"""Where the console serves third-party files from; ignored by git, carried by the wheel."""

NODE_LOCK = ROOT / "deploy" / "locks" / "node.lock"
"""Pins the Python package that brings Node and npm into the virtual environment where the machine has none."""

_INSTALL_TIMEOUT_S = 300.0
_FONT_FACE = re.compile(r"@font-face\s*{[^}]*}")
_IDENTITY_FONT = re.compile(r"Frutiger W01\s*,\s*")
_SOURCE_MAP = re.compile(r"/[*]# sourceMappingURL=[^*]*[*]/|^//# sourceMappingURL=.*$", re.MULTILINE)
_LICENCE_SECTION = re.compile(r"^## Licen[cs]e\s+(.+?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FULL_TEXTS = {
    "MIT": (
        "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
        'documentation files (the "Software"), to deal in the Software without restriction, including without '
        "limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the "
        "Software, and to permit persons to whom the Software is furnished to do so, subject to the following "
        "conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or "
        'substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, '
        "EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR "
        "PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, "
        "DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN "
        "CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."
    )
}


class AssetError(Exception):
    """Why the built files cannot be put in place, as one sentence with its remedy."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file.

    Attributes:
        package: npm package that brings it.
        path: inside the package.
        name: under which the console serves it.
    """

    package: str
    path: str
    name: str


ASSETS = (
    Asset("nhsuk-frontend", "dist/nhsuk/nhsuk-frontend.min.css", "nhsuk-frontend.css"),
    Asset("htmx.org", "dist/htmx.min.js", "htmx.js"),
)


def place_assets(root: Path = ROOT, vendor: Path = VENDOR) -> list[Path]:
    """Install the pinned packages and copy what the screens need.

    Args:
        root: folder with package.json and package-lock.json.
        vendor: folder to fill; made when missing, replaced when there.

    Returns:
        The files written: the built files and one file of licence notices.

    Raises:
        AssetError: npm is missing and cannot be brought, the installation failed, or a package lacks its file.
    """
    for needed in ("package.json", "package-lock.json"):
        if not (root / needed).is_file():
            raise AssetError(f"{root / needed} is missing: the style sheet can only be fetched from a source checkout.")
    _run(
        [*find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root, "npm could not fetch the style sheet"
    )
    return copy_assets(root / "node_modules", vendor)


def are_placed(vendor: Path = VENDOR) -> bool:
    """Tell whether every built file is already in place."""
    return all((vendor / asset.name).is_file() for asset in ASSETS)


def find_npm() -> list[str]:
    """Find npm on PATH or beside this Python; else bring it into the virtual environment.

    Returns:
        The command as a list.

    Raises:
        AssetError: there is none and it could not be installed.
    """
    beside = str(Path(sys.executable).parent)
    found = (shutil.which("npm") if shutil.which("node") else None) or shutil.which("npm", path=beside)
    if found:
        return [found]
    if sys.prefix == sys.base_prefix:
        raise AssetError("Node is missing: install nodejs and npm, or run this from the project's virtual environment.")
    _run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_LOCK)],
        ROOT,
        "Node is missing, and fetching it as a Python package failed",
    )
    found = shutil.which("npm", path=beside)
    if found is None:
        raise AssetError(f"{NODE_LOCK.name} was installed but brought no npm: install nodejs and npm instead.")
    return [found]


def copy_assets(packages: Path, vendor: Path) -> list[Path]:
    """Copy the built files, without addresses of fonts, and write their licence notices.

    Args:
        packages: the node_modules folder.
        vendor: folder to fill.

    Returns:
        The files written.

    Raises:
        AssetError: a package lacks its file.
    """
    vendor.mkdir(parents=True, exist_ok=True)
    written = []
    for asset in ASSETS:
        source = packages / asset.package / asset.path
        if not source.is_file():
            raise AssetError(f"{asset.package} brought no {asset.path}: check the version pinned in package.json.")
        target = vendor / asset.name
        target.write_text(without_addresses(source.read_text(encoding="utf-8")), encoding="utf-8")
        written.append(target)
    notices = vendor / "NOTICES.txt"
    notices.write_text("\n\n".join(_notice(packages / asset.package) for asset in ASSETS) + "\n", encoding="utf-8")
    return [*written, notices]


def without_addresses(text: str) -> str:
    """Drop what would make a browser ask another machine: font files and source maps.

    The NHS font is also an identity that only the NHS may use; the next font of the style sheet's list stands in.
    """
    return _SOURCE_MAP.sub("", _IDENTITY_FONT.sub("", _FONT_FACE.sub("", text)))


def _notice(package: Path) -> str:
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    author = about.get("author", "")
    name = author.get("name", "") if isinstance(author, dict) else author
    head = f"{about['name']} {about['version']}\nLicence: {about['license']}"
    if name:
        head += f"\nAuthor: {name}"
    files = [path for path in sorted(package.iterdir()) if path.name.upper().startswith(("LICENSE", "LICENCE"))]
    texts = [path.read_text(encoding="utf-8").strip() for path in files]
    if not texts:
        said = _LICENCE_SECTION.search((package / "README.md").read_text(encoding="utf-8"))
        texts = [said.group(1).strip() if said else "", _FULL_TEXTS.get(about["license"], "")]
    return "\n\n".join([head, *(text for text in texts if text)])


def _run(command: list[str], folder: Path, failure: str) -> None:
    # npm starts the node that lies beside it.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=_INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise AssetError(f"{failure}: no answer within {_INSTALL_TIMEOUT_S:.0f} s; check the network.") from None
    if done.returncode != 0:
        told = [line.strip() for line in done.stderr.splitlines() if "warn" not in line and line.strip()]
        raise AssetError(f"{failure}: {told[0] if told else 'it gave no reason'}")


def main() -> int:
    """Run as a command.

    Returns:
        0 when everything is in place, 1 otherwise.
    """
    try:
        written = place_assets()
    except AssetError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The screens' style sheet and script are in place ({len(written)} files).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
