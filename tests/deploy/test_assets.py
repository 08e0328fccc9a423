import json

import pytest

from deploy.assets import ASSETS, ROOT, AssetError, are_placed, copy_assets, place_assets, without_addresses

CSS = (
    "@font-face{font-family:Frutiger W01;src:url(https://assets.nhs.uk/fonts/a.woff2)}"
    "body{font-family:Frutiger W01,arial,sans-serif}\n/*# sourceMappingURL=a.css.map */"
)


@pytest.fixture
def packages(tmp_path):
    for asset in ASSETS:
        folder = tmp_path / "node_modules" / asset.package
        (folder / asset.path).parent.mkdir(parents=True)
        (folder / asset.path).write_text(CSS)
        about = {"name": asset.package, "version": "1.0.0", "license": "MIT", "author": {"name": "Somebody"}}
        (folder / "package.json").write_text(json.dumps(about))
        (folder / "README.md").write_text("# It\n\n## Licence\n\nReleased under MIT.\n\n## Other\n\nNot this.\n")
    return tmp_path / "node_modules"


def test_the_style_sheet_asks_no_other_machine_for_anything():
    assert without_addresses(CSS) == "body{font-family:arial,sans-serif}\n"


def test_the_built_files_and_their_notices_are_put_in_place(packages, tmp_path):
    vendor = tmp_path / "vendor"
    assert not are_placed(vendor)
    written = copy_assets(packages, vendor)
    assert are_placed(vendor) and len(written) == len(ASSETS) + 1
    notices = (vendor / "NOTICES.txt").read_text()
    assert "Licence: MIT" in notices and "Released under MIT." in notices and "Not this." not in notices
    assert "Permission is hereby granted" in notices


def test_a_package_without_its_file_is_named(packages, tmp_path):
    (packages / ASSETS[0].package / ASSETS[0].path).unlink()
    with pytest.raises(AssetError, match=ASSETS[0].package):
        copy_assets(packages, tmp_path / "vendor")


def test_without_a_source_checkout_the_sentence_says_what_is_missing(tmp_path):
    with pytest.raises(AssetError, match=r"package\.json is missing"):
        place_assets(tmp_path, tmp_path / "vendor")


def test_the_lock_pins_exact_versions_and_holds_no_address():
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert "http" not in lock
    assert wanted == {"htmx.org": "2.0.11", "nhsuk-frontend": "10.6.1"}
    assert all(json.loads(lock)["packages"][f"node_modules/{name}"]["version"] == wanted[name] for name in wanted)
