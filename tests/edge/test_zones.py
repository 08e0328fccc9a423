import math
from pathlib import Path

import pytest

from broker.vocabulary import Zone
from edge.errors import SettingsError
from edge.settings import load
from edge.zones import DEMO_ZONES, rows_of, zones_from, zones_in

BOXES = [
    {"zone": "room", "x_m": [-2.0, 2.0], "y_m": [0.0, 4.0]},
    {"zone": "bed", "x_m": [-2.0, -1.0], "y_m": [0.5, 2.5]},
    {"zone": "door", "x_m": [1.0, 2.0], "y_m": [3.5, 4.0]},
]


def test_a_stretch_names_its_zone_and_nothing_beyond_it() -> None:
    zones = zones_from({"bed": [0.4, 1.8], "door": [1.8, 3.0]})
    assert [zones.at(one) for one in (0.3, 0.4, 1.79, 1.8, 3.0)] == [None, Zone.BED, Zone.BED, Zone.DOOR, None]
    assert zones.at(math.nan) is None


def test_one_zone_may_lie_in_two_stretches() -> None:
    rows = [("room", 0.0, 0.5), ("bed", 0.5, 1.5), ("room", 1.5, 3.0)]
    zones = zones_from([{"zone": zone, "from_m": low, "to_m": high} for zone, low, high in rows])
    assert (zones.at(0.2), zones.at(1.0), zones.at(2.0)) == (Zone.ROOM, Zone.BED, Zone.ROOM)


def test_in_a_box_the_most_particular_zone_counts_and_behind_the_wall_is_none() -> None:
    zones = zones_from(BOXES)
    assert zones.at_point(-1.5, 1.0) is Zone.BED
    assert zones.at_point(0.0, 1.0) is Zone.ROOM
    assert zones.at_point(1.5, 3.7) is Zone.DOOR
    assert zones.at_point(-2.5, 1.0) is None


def test_who_was_seen_last_at_the_door_or_outside_the_room_may_have_left() -> None:
    zones = zones_from(BOXES)
    assert [zones.is_exit_point(x, y) for x, y in ((1.5, 3.7), (0.0, 4.5), (-1.5, 1.0))] == [True, True, False]
    assert DEMO_ZONES.is_exit_point(0.0, 4.0)
    assert not DEMO_ZONES.is_exit_point(0.6, 0.8)


def test_a_zone_has_distances_from_the_sensor_however_it_is_drawn() -> None:
    assert DEMO_ZONES.distances(Zone.BED) == ((0.0, 1.65),)
    near_m, far_m = zones_from(BOXES).distances(Zone.BED)[0]
    assert (round(near_m, 2), round(far_m, 2)) == (1.12, 3.2)
    assert round(zones_from(BOXES).end_m, 2) == 4.47


def test_zones_survive_being_written_and_read() -> None:
    assert zones_from(rows_of(DEMO_ZONES)) == DEMO_ZONES
    assert zones_from(rows_of(zones_from(BOXES))) == zones_from(BOXES)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"bed": [0.4, 1.8], "room": [1.5, 3.0]}, "bed and room overlap from 1.5 to 1.8 m"),
        ({"bed": [0.4, 1.8], "door": [3.0, 4.0]}, 'add { zone = "room", from_m = 1.8, to_m = 3 }'),
        ({"room": [0.4, 1.8]}, "no bed"),
        ({"bath": [0.4, 1.8]}, "'bath' is not a zone"),
        ({"bed": [1.8, 0.4]}, "two rising distances"),
        ({"bed": 3}, "two rising distances"),
        ([*BOXES, {"zone": "ensuite", "x_m": [-1.5, 0.0], "y_m": [0.5, 1.0]}], "bed and ensuite overlap"),
        ([*BOXES, {"zone": "ensuite", "x_m": [4.0, 5.0], "y_m": [0.5, 1.0]}], "ensuite touches the room's nowhere"),
        ([*BOXES, {"zone": "door", "from_m": 1.0, "to_m": 2.0}], "not both in one room"),
        ([{"zone": "bed", "x_m": [0.0, 1.0]}], "y_m as two rising distances"),
    ],
)
def test_zones_that_mean_two_things_or_none_are_refused_with_the_remedy(table: object, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        zones_from(table)  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_a_recordings_settings_may_name_its_zones(tmp_path: Path) -> None:
    file = tmp_path / "room.toml"
    file.write_text("[radar]\nreceiver = 1\n[zones]\nbed = [0.3, 1.6]\n")
    assert zones_in(file).at(1.0) is Zone.BED
    assert zones_in(None).named == frozenset()
    file.write_text("[zones")
    with pytest.raises(SettingsError, match=r"room\.toml"):
        zones_in(file)


def test_the_nodes_settings_take_boxes_and_refuse_a_hole(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    head = f'site = "demo"\nward = "rowan"\nnode_id = "room6"\ndata_dir = "x"\nconsole_key = "{"ab" * 32}"\n'
    file.write_text(head + 'zones = [{ zone = "bed", x_m = [-1, 0.5], y_m = [0.4, 2.4] }]\n')
    assert load(file, {}).room_zones.at_point(0.0, 1.0) is Zone.BED
    file.write_text(
        head + 'zones = [{ zone = "bed", from_m = 0, to_m = 1 }, { zone = "door", from_m = 2, to_m = 3 }]\n'
    )
    with pytest.raises(SettingsError, match=r"node\.toml.*there is no zone"):
        load(file, {})
    file.write_text(head + 'zones = [{ zone = "bed", from_m = 0, y_m = [1, 2] }]\n')
    with pytest.raises(SettingsError, match="give `from_m` and `to_m`, or"):
        load(file, {})
