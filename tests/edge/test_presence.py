"""When a room says that nobody is there: soon where a faint breath would show, late where it would not."""

from broker.vocabulary import Presence
from edge.camera.occupancy import UNLEFT_S
from edge.presence import PresenceWatch


def silence(watch: PresenceWatch, from_s: int, to_s: int) -> list[Presence]:
    return [
        watch.look(float(at), stirs=False, may_leave=False, is_moving=False, is_silent=True)
        for at in range(from_s, to_s + 1)
    ]


def test_a_camera_that_never_saw_anybody_cannot_tell_for_ten_minutes() -> None:
    said = silence(PresenceWatch(UNLEFT_S, UNLEFT_S), 1, 1000)
    assert set(said[:600]) == {Presence.UNSURE} and set(said[600:]) == {Presence.ABSENT}


def test_what_may_be_a_breath_keeps_a_room_from_being_called_empty() -> None:
    watch = PresenceWatch(UNLEFT_S, UNLEFT_S)
    said = []
    for from_s in range(1, 1500, 500):
        said += silence(watch, from_s, from_s + 499)
        watch.note_hint(from_s + 499.0)
    assert set(said) == {Presence.UNSURE}


def test_whoever_was_seen_to_leave_has_left_whatever_faint_thing_comes_after() -> None:
    watch = PresenceWatch(UNLEFT_S, UNLEFT_S)
    watch.look(1.0, stirs=True, may_leave=True, is_moving=True, is_silent=False)
    assert silence(watch, 2, 4)[-1] is Presence.ABSENT
    watch.note_hint(4.0)
    assert set(silence(watch, 5, 9)) == {Presence.ABSENT}
