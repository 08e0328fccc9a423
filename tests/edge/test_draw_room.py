"""Drawing a camera's room, at the node: only under a commissioning, a grid at most twice a second, kept signed."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from broker.vocabulary import LeaseKind, Modality, Origin, Presence, Zone
from edge.commissioning.drawing import digest_of_view
from edge.commissioning.grids import GridFile
from edge.commissioning.installation import FILE, Installation, read_installation
from edge.commissioning.requests import EngineerDesk, Progress, Request, Standing, Step
from edge.commissioning.trying import Trying
from edge.opening import opening_of
from edge.settings import ViewSettings, load
from edge.supervisor import Order
from edge.trials import Grid, Trial, TrialKind, TrialRefused, Tried
from edge.view import View
from edge.zones import DEMO_ZONES
from tests.kit.drawn_room import DRAWN, settings_file
from tests.kit.nodes import NodeAtNight, node_at_night, replay_source
from tests.kit.sleeper import moment, new_estimator

VIEW = View.checked(DRAWN, 2.2)
REPLAY = Origin.REPLAY
ROWS = ("0123456789000000", *("0" * 16,) * 11)


class Drawer:
    """An engineer who draws the room of a node with a camera."""

    def __init__(self, folder: Path, modality: Modality = Modality.CAMERA) -> None:
        self.drawing = settings_file(folder)
        self.data = folder / "data"
        self.data.mkdir()
        self.modality = modality
        self.room: NodeAtNight = node_at_night(
            self.data, modality=modality, drawing=self.drawing, source=replay_source(Path("room.mp4")), origin=REPLAY
        )
        self.desk, self.grids = EngineerDesk(self.data), GridFile(self.data)
        self.asked = Request(request_id=secrets.token_hex(16), step=Step.DRAW)

    def commission(self) -> None:
        self.room.send(self.room.console.commissioning_lease(sensor=self.modality))
        self.room.step(0.2)

    def draw(self) -> Progress:
        self.desk.ask(self.asked)
        self.room.step(0.2)
        return self.answer

    def stop(self) -> None:
        self.desk.ask(Request(request_id=secrets.token_hex(16), step=Step.STOP))
        self.room.step(0.2)

    @property
    def answer(self) -> Progress:
        told = self.desk.answer(self.asked)
        assert told is not None
        return told

    @property
    def trial(self) -> Trial:
        order = self.room.sensing.orders[-1]
        assert order is not None and order.trial is not None
        return order.trial

    @property
    def kept(self) -> Installation:
        return read_installation(self.data / FILE)


@pytest.fixture
def drawer(tmp_path: Path) -> Iterator[Drawer]:
    made = Drawer(tmp_path)
    yield made
    made.room.outbox.close()


def test_N3_without_a_commissioning_no_block_is_shown(drawer: Drawer) -> None:
    assert drawer.draw().standing is Standing.REFUSED
    assert drawer.grids.read() is None


def test_N3_while_somebody_stays_in_the_room_no_block_is_shown(drawer: Drawer) -> None:
    drawer.room.send(drawer.room.console.open_lease(sensor=Modality.CAMERA))
    drawer.room.step(0.2)
    told = drawer.draw()
    assert told.standing is Standing.REFUSED
    assert "a patient said yes" in told.sentence
    assert {order.trial for order in drawer.room.sensing.orders if order} == {None}


def test_a_radar_is_told_where_its_zones_are_set(tmp_path: Path) -> None:
    drawer = Drawer(tmp_path, Modality.RADAR)
    drawer.commission()
    told = drawer.draw()
    assert told.standing is Standing.NOT_HERE
    assert "[zones]" in told.sentence
    drawer.room.outbox.close()


def test_under_a_commissioning_the_newest_grid_is_shown_and_gone_afterwards(drawer: Drawer) -> None:
    drawer.commission()
    assert drawer.draw().standing is Standing.RUNNING
    assert drawer.trial.kind is TrialKind.GRID
    drawer.room.sensing.say(Grid(drawer.trial.number, ROWS))
    drawer.room.step(0.2)
    assert drawer.grids.read() == "".join(f"{row}\n" for row in ROWS).encode()
    drawer.stop()
    assert drawer.grids.read() is None


def test_K1_at_most_two_grids_a_second_are_shown_however_many_are_said(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    shown = set()
    for number in range(100):
        drawer.room.sensing.say(Grid(drawer.trial.number, (f"{number:016}", *ROWS[1:])))
        drawer.room.step(0.1)
        shown.add(drawer.grids.read())
    assert 15 <= len(shown) <= 21


def test_a_grid_of_an_earlier_trial_is_not_shown(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    drawer.room.sensing.say(Grid(drawer.trial.number + 1, ROWS))
    drawer.room.step(0.2)
    assert drawer.grids.read() is None


def test_P3_a_kept_drawing_is_recorded_signed_with_its_digest_and_its_zones(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    drawer.drawing.keep(VIEW)
    drawer.stop()
    tried = drawer.kept.newest(Step.DRAW, "")
    assert tried is not None and tried.passed
    assert digest_of_view(VIEW) in tried.sentence
    assert (tried.figures["hidden_blocks"], tried.figures["bed_blocks"]) == (16, 30)
    assert drawer.kept.zones == (Zone.BED, Zone.DOOR, Zone.ROOM)
    assert drawer.kept.is_of_now(tried)
    assert drawer.kept.is_signed_by((drawer.data / "node.pub").read_text().strip())


def test_a_drawing_that_was_begun_and_not_kept_is_recorded_as_that(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    drawer.stop()
    tried = drawer.kept.newest(Step.DRAW, "")
    assert tried is not None and not tried.passed
    assert "nothing was kept" in tried.sentence


def test_N3_when_the_commissioning_ends_the_drawing_ends_with_it(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    drawer.room.sensing.say(Grid(drawer.trial.number, ROWS))
    drawer.room.step(0.2)
    drawer.room.send(drawer.room.console.closed_lease(sensor=Modality.CAMERA))
    drawer.room.step(0.2)
    assert drawer.answer.standing is Standing.FAILED
    assert "the commissioning ended" in drawer.answer.sentence
    assert drawer.grids.read() is None


def test_what_was_tried_before_another_drawing_is_to_be_tried_again(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    drawer.drawing.keep(VIEW)
    drawer.stop()
    first = drawer.kept.newest(Step.DRAW, "")
    drawer.asked = Request(request_id=secrets.token_hex(16), step=Step.DRAW)
    drawer.draw()
    drawer.drawing.keep(View.checked(DRAWN, 3.0))
    drawer.stop()
    assert first is not None and not drawer.kept.is_of_now(first)


def test_nothing_of_the_blocks_reaches_the_console(drawer: Drawer) -> None:
    drawer.commission()
    drawer.draw()
    for second in range(5):
        drawer.room.sensing.say(Grid(drawer.trial.number, ROWS))
        drawer.room.sensing.say(Tried(drawer.trial.number, float(second), Presence.PRESENT, True))
        drawer.room.step(1)
    assert "0123456789" not in "".join(str(one) for one in drawer.room.heard)
    assert drawer.answer.sentence == "the room is being drawn"


def test_P3_a_drawing_counts_from_the_sensors_next_opening_without_a_restart(tmp_path: Path) -> None:
    drawing = settings_file(tmp_path)
    opening = opening_of(load(drawing.path), drawing)
    order = Order("d" * 32, (), False, 60.0)
    assert opening(order, 60.0).source["view"]["rows"] == ["." * 16] * 12
    drawing.keep(VIEW)
    assert opening(order, 60.0).source["view"] == {"rows": DRAWN, "distance_m": 2.2}


def test_P3_when_the_settings_are_spoiled_the_drawing_from_before_stands(tmp_path: Path) -> None:
    drawing = settings_file(tmp_path)
    drawing.keep(VIEW)
    opening = opening_of(load(drawing.path), drawing)
    drawing.path.write_text("[view")
    assert opening(Order("d" * 32, (), False, 60.0), 60.0).source["view"]["rows"] == DRAWN


def test_P3_a_mask_from_the_environment_stands_whatever_the_file_says(tmp_path: Path) -> None:
    drawing = settings_file(tmp_path)
    told = load(drawing.path).model_copy(update={"view": ViewSettings(rows=tuple(DRAWN))})
    opening = opening_of(told, drawing)
    drawing.keep(View.checked(["." * 16] * 12, 1.0))
    assert opening(Order("d" * 32, (), False, 60.0), 60.0).source["view"]["rows"] == DRAWN


class Blocks:
    """Stands for an estimator of whose view every block moves."""

    @property
    def activity(self) -> "Blocks":
        return self

    def levels(self) -> np.ndarray:
        return np.full((12, 16), 5, np.uint8)


def test_the_sensing_process_says_a_grid_twice_a_second_and_only_when_asked() -> None:
    trying = Trying(Blocks(), DEMO_ZONES)  # type: ignore[arg-type]
    ticks = [number / 10 for number in range(100)]
    assert [grid for t_s in ticks for grid in trying.grids(t_s)] == []
    trying.begin(Trial(TrialKind.GRID, 4))
    said = [grid for t_s in ticks for grid in trying.grids(t_s)]
    assert len(said) == 20
    assert said[0] == Grid(4, ("5" * 16,) * 12)


def test_a_sensor_without_a_view_says_so_instead_of_a_grid() -> None:
    estimator = new_estimator()
    trying = Trying(estimator, DEMO_ZONES)
    trying.begin(Trial(TrialKind.GRID, 1))
    now = replace(moment(1), frames_read=20)
    (said,) = trying.answer(now, estimator.estimate(now))
    assert isinstance(said, TrialRefused)
    assert "[zones]" in said.sentence
    assert list(trying.grids(1.0)) == []


@pytest.mark.parametrize("rows", [("0" * 16,) * 11, ("0" * 17,) * 12, ("x" * 16,) * 12, ("٣" * 16,) * 12])
def test_K1_the_file_between_node_and_page_takes_nothing_but_a_grid(tmp_path: Path, rows: tuple[str, ...]) -> None:
    (tmp_path / "room-check").mkdir()
    with pytest.raises(ValueError, match="twelve rows of sixteen digits"):
        GridFile(tmp_path).show(rows)
    (tmp_path / "room-check" / "grid").write_bytes(b"\xff\xd8\xff" + bytes(300))
    assert GridFile(tmp_path).read() is None


def test_a_drawing_is_asked_for_under_a_commissioning_alone() -> None:
    from edge.errors import PipeError
    from edge.pipe import Extend, trial_of

    with pytest.raises(PipeError):
        trial_of(Extend(20.0, (), LeaseKind.CONSENT, Trial(TrialKind.GRID, 1)))
