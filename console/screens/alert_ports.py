"""What the screens ask of the ward about everything that calls, and the presses of whoever goes."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from console.alerting.alert_views import AlertView, CallTestView, EmergencyView, PersonOnShift, RoomLimits
from console.alerting.nights import NightView
from console.alerting.sounders import Carried
from console.roles import Actor
from console.rules.alerting.corridor import Level
from console.rules.decision import Decision


class Alerts(Protocol):
    """Presses about one alert."""

    def go(self, actor: Actor, alert_id: str) -> Decision:
        """Say "I'm going"."""

    def arrive(self, actor: Actor, alert_id: str, code: str) -> Decision:
        """Prove to be at the door."""

    def report(self, actor: Actor, alert_id: str, outcome: str, how: str = "", *, tag_fault: bool = False) -> Decision:
        """Say what was found."""

    def answer(self, actor: Actor, alert_id: str) -> Decision:
        """Answer the last rung."""

    def rate(self, actor: Actor, alert_id: str, *, useful: bool) -> Decision:
        """Say whether it was worth the walk."""


class Calling(Protocol):
    """What is shown of all that calls; to look changes nothing."""

    def alert(self, actor: Actor, alert_id: str) -> "AlertView | Decision":
        """Return one alert."""

    def newest_in(self, actor: Actor, room_id: str) -> "str | Decision":
        """Return the id of the alert of a room."""

    def emergency(self, actor: Actor, emergency_id: str) -> "EmergencyView | Decision":
        """Return the emergency card."""

    def shift(self, actor: Actor) -> Sequence[PersonOnShift]:
        """Return who is on shift."""

    def managers(self) -> Sequence[tuple[str, str]]:
        """Return who can be the manager on call, with their names."""

    def rooms(self) -> Sequence[tuple[str, str]]:
        """Return every room with its title."""

    def limits(self, actor: Actor, room_id: str) -> "RoomLimits | Decision":
        """Return what calls somebody to the person of a room."""

    def corridor(self) -> tuple[Level, bool]:
        """Return what the corridor unit is to sound, and whether any tablet is there."""


class CallTests(Protocol):
    """Whether each room's call reaches a held device."""

    def view(self) -> CallTestView:
        """Return how it stands."""

    def begin(self, actor: Actor) -> Decision:
        """Test now, in silence."""

    def came_back(self, marks: Iterable[str], *, counts: bool) -> None:
        """Take the marks that stand on the page of a device."""

    def for_corridor(self, brought: str) -> tuple[str, bool]:
        """Take the corridor unit's mark; return the next, and whether it sounds once."""

    def sound(self, actor: Actor) -> Decision:
        """Let the corridor unit sound once."""

    def heard(self, actor: Actor, *, was_heard: bool) -> Decision:
        """Write down whether it was heard."""


class Emergencies(Protocol):
    """The emergency card and the stand-down."""

    def start(self, actor: Actor, room_id: str) -> Decision:
        """Start an emergency; `detail` is its id."""

    def tap(self, actor: Actor, emergency_id: str, kind: str) -> Decision:
        """Write down one tap."""

    def end(self, actor: Actor, emergency_id: str, back: Iterable[str]) -> Decision:
        """End it."""

    def ask_to_stand_down(self, actor: Actor) -> Decision:
        """Begin a stand-down; `detail` is the code to read over the telephone."""

    def stand_down(self, actor: Actor, code: str, manager_id: str) -> Decision:
        """Stand the monitor down until the end of the shift."""


class Shifts(Protocol):
    """Who is on shift."""

    def accounts(self) -> Sequence[Actor]:
        """Return every account of staff."""

    def sign_on(self, actor: Actor, *, knows: bool) -> Decision:
        """Begin a shift."""

    def sign_off(self, actor: Actor) -> Decision:
        """End it."""

    def change_post(self, actor: Actor, post: str, cover_id: str = "") -> Decision:
        """Say what one is doing."""

    def allocate(self, actor: Actor, actor_id: str, rooms: Iterable[str]) -> Decision:
        """Give somebody their rooms."""


class Limits(Protocol):
    """Limits of one person's own."""

    def set_limit(
        self, actor: Actor, stay_id: str, kind: str, after_s: float, concern: str, reason: str, days: float
    ) -> Decision:
        """Set one."""


class Sounders(Protocol):
    """The devices that can call somebody."""

    def beat(self, device: str, *, is_in_front: bool, by: str = "") -> bool:
        """Take a device's word that it is there; tell whether it counts as one that sounds."""

    def carried(self) -> Sequence[Carried]:
        """Return who carries which device now."""

    def heard_it(self, actor: Actor, device: str) -> Decision:
        """Write down that somebody heard it."""

    def leave(self, device: str) -> None:
        """Forget a device that was put away."""


class Nights(Protocol):
    """What the alerts were worth."""

    def view(self, actor: Actor) -> "NightView | Decision":
        """Return the last day in counts."""


class Trials(Protocol):
    """Limits on trial."""

    def begin(self, actor: Actor, kind: str, after_s: float) -> Decision:
        """Try another limit in silence."""
