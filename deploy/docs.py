"""`make docs`: write the generated reference pages again."""

import sys
from pathlib import Path

from broker import asyncapi
from deploy import hazard_page

PAGES = {
    Path("docs/reference/asyncapi.json"): asyncapi.text,
    Path("docs/safety/hazard-log.md"): hazard_page.text,
}
"""Each generated page and what makes it; a house test fails when one is stale."""


def write(root: Path) -> list[Path]:
    """Write all generated pages.

    Args:
        root: the checkout.

    Returns:
        The pages whose content changed.
    """
    changed = []
    for page, make in PAGES.items():
        path, text = root / page, make()
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            changed.append(page)
    return changed


if __name__ == "__main__":
    for page in write(Path()):
        sys.stdout.write(f"wrote {page}\n")
