"""A simulated camera through the whole estimator; the seeds here set no constant of it."""

import pytest

from broker.vocabulary import Presence, RoomEventKind, SensedState, Withheld
from edge.estimates import Estimate
from edge.events import RoomEvents, Whereabouts
from edge.permitted import permitted
from edge.reports import seen_in
from models.simulator.camera import film, scene_named
from tests.edge.test_events import ALL
from tests.kit.films import pictures, watch_film, watch_pictures


def rates(seen: list[Estimate]) -> list[float]:
    return [one.respiratory_rate_per_min for one in seen if one.respiratory_rate_per_min is not None]


def events(seen: list[Estimate]) -> list[tuple[float, RoomEventKind]]:
    conditions, places, told = RoomEvents(720.0), Whereabouts(), []
    for one in seen:
        what = seen_in(permitted(one, ALL, vital_signs=True))
        told += [(one.t_s, it.kind) for watch in (places, conditions) for it in watch.see(what, ALL)]
    return told


@pytest.mark.parametrize("name", ["sleeper", "sleeper_blanket", "side"])
def test_a_sleeper_is_told_within_a_breath_a_minute(name: str) -> None:
    clip = film(scene_named(name, 51, 40.0))
    seen = watch_film(name, 51, 40.0)
    told = [
        (one.respiratory_rate_per_min, true.respiratory_rate_per_min)
        for one, true in zip(seen, clip.truth, strict=False)
    ]
    errors = [abs(rate - true) for rate, true in told if rate is not None]
    assert len(errors) >= 15
    assert max(errors) < 1.0


@pytest.mark.parametrize(
    "name",
    ["empty_room", "crumpled_duvet", "photograph", "swaying_photograph", "avatar", "fan", "curtain", "flicker",
     "draught_duvet", "shake", "tv", "pet"],
)  # fmt: skip
def test_what_only_moves_like_a_sleeper_is_never_told_a_rate(name: str) -> None:
    assert rates(watch_film(name, 52, 40.0)) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dark", Withheld.DARK),
        ("saturated", Withheld.SATURATED),
        ("frozen", Withheld.FROZEN),
        ("repeated", Withheld.REPEATED),
        ("covered", Withheld.COVERED),
        ("defocus", Withheld.DEFOCUSED),
        ("camera_moved", Withheld.SENSOR_MOVED),
        ("rate_drop", Withheld.LOW_FRAME_RATE),
        ("irregular_time", Withheld.IRREGULAR_TIME),
    ],
)
def test_H4_a_camera_at_fault_says_what_is_wrong_and_tells_no_rate(name: str, reason: Withheld) -> None:
    seen = watch_film(name, 53, 44.0, fault_at_s=20.0, fault_for_s=24.0)
    reasons = [one.respiratory_rate_withheld for one in seen[29:]]
    assert reasons.count(reason) >= 12, reasons
    assert rates(seen[24:]) == []


def test_a_held_breath_is_flagged_within_six_seconds_and_no_rate_stands_deeper_in_it() -> None:
    clip = film(scene_named("held", 54, 64.0))
    seen = watch_film("held", 54, 64.0)
    held = [int(true.t_s) for true in clip.truth if true.is_held]
    flagged = [int(one.t_s) for one in seen if one.state is SensedState.NO_BREATHING_SEEN]
    assert flagged[0] - held[0] <= 6
    assert all(one.respiratory_rate_per_min is None for one in seen if held[0] + 6 < one.t_s <= held[-1])


def test_a_fall_is_told_as_out_of_bed_and_then_on_the_floor() -> None:
    told = events(watch_film("fall", 55, 50.0))
    true = {one.kind: one.t_s for one in film(scene_named("fall", 55, 50.0)).events}
    out = next(t_s for t_s, kind in told if kind is RoomEventKind.OUT_OF_BED)
    floor = next(t_s for t_s, kind in told if kind is RoomEventKind.ON_FLOOR)
    assert 0 < out - true["out_of_bed"] <= 4
    assert 0 < floor - true["on_floor"] <= 10


def test_somebody_who_comes_in_is_a_second_person_and_not_the_sleeper_getting_up() -> None:
    told = events(watch_film("second_person", 56, 48.0))
    kinds = [kind for _, kind in told]
    assert RoomEventKind.SECOND_PERSON in kinds
    assert RoomEventKind.OUT_OF_BED not in kinds


def test_whoever_goes_out_has_left_and_the_room_is_empty() -> None:
    seen = watch_film("leaving", 57, 70.0)
    assert RoomEventKind.LEFT_ROOM in [kind for _, kind in events(seen)]
    assert {one.presence for one in seen[60:]} == {Presence.ABSENT}


def test_P3_what_lies_under_the_mask_changes_nothing() -> None:
    frames = pictures("sleeper_blanket", 58, 20.0)
    assert frames[0].layout.view is not None
    hidden = frames[0].layout.view.hidden.repeat(20, axis=0).repeat(20, axis=1)
    assert hidden.any()
    assert all(frame.picture is not None and not frame.picture[hidden].any() for frame in frames)
    assert watch_pictures(frames) == watch_pictures(frames)
