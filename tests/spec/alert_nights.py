"""The sentences of the nights on which somebody is called (NA-1, NA-3, NA-9, NA-12, NA-13, NA-16, NA-17, NA-21)."""

from collections.abc import Callable

from console.alerting.alert_views import AlertView
from console.roles import Actor, Role
from console.rules.alerting.alerts import Rung, StepKind
from console.words import open_catalogues
from tests.kit.alerting import a_person, code_at, in_the_ensuite, limit_ensuite, the_alert
from tests.kit.boxed_ward import BoxedWard

ENGLISH = open_catalogues("Europe/London")["en"]
_STEP_S = 4
PEOPLE: dict[int, dict[str, Actor]] = {}
"""Who is on shift, by the box of the night."""
CODES: dict[int, str] = {}
"""The code on somebody's photograph, by the box of the night."""


def _who(box: BoxedWard, name: str) -> Actor:
    return PEOPLE[id(box)][name]


def _on_shift(box: BoxedWard, names: str) -> None:
    roles = {"Ben": Role.NURSE_IN_CHARGE, "Sid": Role.SITE_COORDINATOR}
    PEOPLE[id(box)] = {
        name: a_person(box, name.lower(), f"{name} {name[0]}.", roles.get(name, Role.NURSE))
        for name in names.replace(" and ", ", ").split(", ")
    }


def _ensuite(box: BoxedWard, room: str, clock: str) -> None:
    minutes, seconds = clock.split(":")
    limit_ensuite(box, f"room{room}", concern="high")
    in_the_ensuite(box, f"room{room}", 60 * int(minutes) + int(seconds) + _STEP_S)


def _pass(box: BoxedWard, seconds: str) -> None:
    box.pass_time(float(seconds), in_steps_of=_STEP_S)


def _closes_from_the_desk(box: BoxedWard, name: str, room: str) -> None:
    alert_id = the_alert(box, f"room{room}").alert.alert_id
    assert not box.ward.alerts.report(_who(box, name), alert_id, "saw_them_fine", "spoke")


def _goes(box: BoxedWard, name: str, room: str) -> None:
    assert box.ward.alerts.go(_who(box, name), the_alert(box, f"room{room}").alert.alert_id)


def _looks(box: BoxedWard, name: str, times: str, room: str) -> None:
    alert_id = the_alert(box, f"room{room}").alert.alert_id
    for _ in range(int(times)):
        assert isinstance(box.ward.calling.alert(_who(box, name), alert_id), AlertView)
        box.ward.access.reading(_who(box, name), f"room{room}", "direct_care")


def _photographs(box: BoxedWard, room: str) -> None:
    CODES[id(box)] = code_at(box, f"room{room}")


def _types_the_photograph(box: BoxedWard, name: str, room: str) -> None:
    alert_id = the_alert(box, f"room{room}").alert.alert_id
    assert not box.ward.alerts.arrive(_who(box, name), alert_id, CODES[id(box)])


def _is_at_the_door(box: BoxedWard, name: str, room: str) -> None:
    alert_id = the_alert(box, f"room{room}").alert.alert_id
    assert box.ward.alerts.arrive(_who(box, name), alert_id, code_at(box, f"room{room}"))


def _says(box: BoxedWard, name: str, outcome: str, room: str) -> None:
    told = {"could not get in": "could_not_get_in", "fine, they spoke": "saw_them_fine"}[outcome]
    alert_id = the_alert(box, f"room{room}").alert.alert_id
    assert box.ward.alerts.report(_who(box, name), alert_id, told, "spoke")


def _emergency(box: BoxedWard, name: str, room: str) -> None:
    assert box.ward.emergencies.start(_who(box, name), f"room{room}")


def _a_tablet(box: BoxedWard, name: str) -> None:
    box.ward.sounders.beat("tablet", is_in_front=True)
    assert box.ward.sounders.heard_it(_who(box, name), "tablet")


def _lost_network(box: BoxedWard, seconds: str) -> None:
    box.pass_time(float(seconds), in_steps_of=_STEP_S, heard=False)


def _back(box: BoxedWard) -> None:
    for node in box.nodes.values():
        node.live()
        box.ward.step()
    box.pass_time(2)


def _is_open(box: BoxedWard, room: str) -> None:
    assert the_alert(box, f"room{room}").progress.is_open


def _is_closed(box: BoxedWard, room: str) -> None:
    assert box.ward.alerts.open_in(f"room{room}") is None


def _sounds(box: BoxedWard, room: str, what: str) -> None:
    assert box.ward.alerts.sounds(the_alert(box, f"room{room}")) == (what == "sounds")


def _rung(box: BoxedWard, room: str, rung: str) -> None:
    told = {"the site coordinator": Rung.SITE_COORDINATOR, "the corridor": Rung.CORRIDOR}[rung]
    assert the_alert(box, f"room{room}").progress.rung is told


def _notes(box: BoxedWard, room: str) -> None:
    assert the_alert(box, f"room{room}").steps[-1].kind is StepKind.NOTED


def _log_holds(box: BoxedWard, count: str, action: str) -> None:
    assert box.actions().count(action) + box.actions(denied=True).count(action) == int(count)


def _calls(box: BoxedWard, words: str) -> None:
    assert [ENGLISH.words(one.words) for one in box.ward.calling.calls().calls] == [words]


def _calls_about_a_tablet(box: BoxedWard) -> None:
    (call,) = box.ward.calling.calls().calls
    assert "tablet" in call.words.text and call.level == "low"


def _corridor(box: BoxedWard, level: str) -> None:
    assert box.ward.calling.corridor()[0] == level


def _one_line(box: BoxedWard, words: str) -> None:
    lines = [ENGLISH.words(one) for one in box.ward.board.view().notices]
    assert [one for one in lines if "Monitoring" in one] == [words]


def _asks_and_is_refused(box: BoxedWard, name: str, room: str) -> None:
    decision = box.ward.consents.offer(_who(box, name), box.stay(f"room{room}"), they_asked=True)
    assert not decision and decision.rules == ("G3",)


def _passes_on_a_no(box: BoxedWard, name: str, room: str) -> None:
    box.stop(f"room{room}", _who(box, name))


HAPPENS: dict[str, Callable[..., None]] = {
    r"(\w+) asks the person of room (\d) about the sensor, at their wish, and is refused": _asks_and_is_refused,
    r"(\w+) passes on a no from room (\d)": _passes_on_a_no,
    r"on shift: (.+)": _on_shift,
    r"room (\d): (\d+:\d\d) in the en-suite, high concern": _ensuite,
    r"(\d+) s go by": _pass,
    r"(\w+) says 'fine' of room (\d) from a desk, and is refused": _closes_from_the_desk,
    r"(\w+) says 'going' to room (\d)": _goes,
    r"(\w+) looks at the screen (\d) times, at room (\d)": _looks,
    r"somebody photographs the code at the door of room (\d)": _photographs,
    r"(\w+) types the photographed code of room (\d)": _types_the_photograph,
    r"(\w+) is at the door of room (\d)": _is_at_the_door,
    r"(\w+) says '([a-z, ]+)' of room (\d)": _says,
    r"(\w+) starts an emergency in room (\d)": _emergency,
    r"(\w+) heard the only tablet": _a_tablet,
    r"nothing is heard for (\d+) s": _lost_network,
    r"the network is back": _back,
}
THEN: dict[str, Callable[..., None]] = {
    r"the alert of room (\d) is open": _is_open,
    r"the alert of room (\d) is closed": _is_closed,
    r"the alert of room (\d) (sounds|is silent)": _sounds,
    r"the alert of room (\d) has reached (the site coordinator|the corridor)": _rung,
    r"room (\d): place not proven is written down": _notes,
    r"the log holds (\d+) times (\S+)": _log_holds,
    r"the one call says: (.+)": _calls,
    r"the one call is about a tablet, and is loud": _calls_about_a_tablet,
    r"the corridor is told: (\w+)": _corridor,
    r"the one line says: (.+)": _one_line,
}
