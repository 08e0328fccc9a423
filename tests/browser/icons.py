"""Draw the app's icons from the one drawing: `python -m tests.browser.icons` writes icon-192.png and icon-512.png."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.pictures import CHROMIUM, ROOT

STATIC = ROOT / "console" / "static"
GROUND = "#14202b"
# What a device cuts to its own shape: the drawing stands in the middle four fifths, and the ground fills the rest.
DRAWN = 0.8


def draw(folder: Path) -> list[Path]:
    """Write the icons; return their paths."""
    drawing = (STATIC / "icon.svg").read_text("utf-8")
    written = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for size in (192, 512):
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                f"<style>body{{margin:0;background:{GROUND};display:grid;place-items:center;height:{size}px}}"
                f"svg{{width:{int(size * DRAWN)}px}}</style>{drawing}"
            )
            written.append(folder / f"icon-{size}.png")
            page.screenshot(path=written[-1])
        browser.close()
    return written


if __name__ == "__main__":
    for icon in draw(STATIC):
        print(icon)
