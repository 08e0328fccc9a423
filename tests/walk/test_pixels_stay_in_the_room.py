"""Rule K1, from a camera to the screens: of pictures that are known nothing is on any page, in any file, in any log."""

import base64
from collections.abc import Iterator

import pytest
from starlette.responses import PlainTextResponse

from broker.vocabulary import Origin
from edge.evaluation import estimates_of, new_estimator
from edge.sources.formats import open_recording
from edge.zones import Zones
from tests.kit.pictures import as_npz
from tests.kit.pixels import Search, files_under, watermarked
from tests.kit.whole_ward import WholeWard, whole_ward

ROLES = ("nurse_in_charge", "governance_lead", "engineer", "patient")
SECONDS = 8


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeWard]:
    recording = as_npz(tmp_path_factory.mktemp("camera") / "camera.npz", watermarked(10 * SECONDS))
    estimates = list(estimates_of(open_recording(recording), new_estimator(Zones())))
    with whole_ward(tmp_path_factory.mktemp("ward"), [estimates], origin=Origin.REPLAY) as made:
        made.settle()
        made.pass_time(SECONDS)
        yield made


def pages(ward: WholeWard, role: str, *more: str) -> dict[str, bytes]:
    """Return everything that somebody of a role is answered: pages, refusals, and what stands in their heads."""
    ward.sign_in(role)
    schema = ward.web.app.openapi()["paths"]
    # A stream has no end to wait for; what it sends are the tiles that the board shows.
    paths = [path for path, told in schema.items() if "get" in told and not path.endswith(("/stream", "/live"))]
    answered = {}
    for path in (*more, *sorted({path.replace("{room_id}", "room1") for path in paths})):
        if "{" not in path:
            answer = ward.web.get(path)
            answered[f"{role} {path}"] = str(answer.headers).encode() + answer.content
    return answered


@pytest.mark.parametrize("role", ROLES)
def test_K1_no_page_for_anybody_holds_anything_of_a_picture(ward: WholeWard, role: str) -> None:
    search, answered = Search(), pages(ward, role)
    search.look_at_all(answered)
    assert search.found == {}
    assert len(answered) > 20 and max(map(len, answered.values())) > 2000


def test_K1_no_file_of_the_ward_holds_anything_of_a_picture(ward: WholeWard) -> None:
    search = Search()
    search.look_at_all(dict(files_under(ward.nodes["room1"].folder.parent)))
    assert search.found == {}
    assert any(place.startswith("console/") for place in search.looked_at)


def test_K1_a_page_that_showed_one_row_of_a_picture_is_found(ward: WholeWard) -> None:
    row = base64.b64encode(watermarked(1)[0][64].tobytes()).decode("ascii")
    ward.web.app.add_api_route("/shown", lambda: PlainTextResponse(f"<img src='data:{row}'>"), response_model=None)
    search = Search()
    search.look_at_all(pages(ward, "engineer", "/shown"))
    assert search.found == {"engineer /shown": {"base64"}}
