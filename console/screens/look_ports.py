"""What the screens ask to see: glances, and looks at one person or at the ward."""

from collections.abc import Sequence
from typing import Any, Protocol

from broker.vocabulary import Modality
from console.consenting.care_views import AbsentRow, ProfileView
from console.observing.spot_checks import SpotView
from console.own.own_views import OwnCopy
from console.roles import Actor
from console.rules.access import AccessReason, Permission
from console.rules.decision import Decision
from console.rules.sensing.sleep import Night, NoNight
from console.rules.sensing.trend import NoTrend, Trend
from console.showing.desk_views import AuditRow, HealthView, RoomRow, StaffRow
from console.showing.views import BoardView, PatientView, ReadingView, StopView


class Viewing(Protocol):
    """A glance at the board: logged before the first byte, when it ends, or when its heartbeat stops (rule X1)."""

    def board(self) -> BoardView:
        """Return the board now."""

    def heartbeat(self) -> None:
        """Say that the screen still shows it."""

    def close(self, reason: str) -> None:
        """Say that the screen no longer shows it."""


class Access(Protocol):
    """The one door to patient data."""

    def open_viewing(self, actor: Actor, device: str) -> "Viewing | Decision":
        """Begin a glance."""

    def reading(self, actor: Actor, room_id: str, access_reason: str) -> "ReadingView | Decision":
        """Look at the newest rate of a room."""

    def spot_opens(self, actor: Actor, observation_id: str) -> bool:
        """Return whether an entry of what was seen opens a reading."""

    def spot(self, actor: Actor, observation_id: str) -> "SpotView | Decision":
        """Look at a room's reading after what was seen by eye was written down."""

    def trend(self, actor: Actor, room_id: str, access_reason: str) -> "Trend | NoTrend | Decision":
        """Look at what was noted in a room in its last granted hours."""

    def patient_page(self, actor: Actor, page: int = 0) -> "PatientView | Decision":
        """Return a patient's own page, with a page of its ledger."""

    def own_copy(self, actor: Actor) -> "tuple[PatientView, OwnCopy] | Decision":
        """Hand a patient what they may see."""

    def own_receipt(self, actor: Actor, index: int) -> dict[str, Any] | Decision:
        """Hand a patient the receipt of one line of their ledger."""

    def own_night(self, actor: Actor) -> Night | NoNight | Decision:
        """Sum up a patient's last night, for them alone."""

    def stays_here(self, actor: Actor) -> bool:
        """Return whether a patient's own room is theirs now."""

    def health(self, actor: Actor) -> "HealthView | Decision":
        """Return the health of the nodes and the console."""

    def rooms(self, actor: Actor) -> "Sequence[RoomRow] | Decision":
        """Return who stays where."""

    def absent(self, actor: Actor) -> "Sequence[AbsentRow] | Decision":
        """Return who is away while their bed is lent."""

    def profiles(self, actor: Actor) -> "Sequence[ProfileView] | Decision":
        """Return the profiles of seclusion and like places."""

    def talk(self, actor: Actor, stay_id: str) -> "RoomRow | Decision":
        """Return who stays there, to staff who may talk with them about the sensor."""

    def permits(self, actor: Actor, permission: Permission, reason: AccessReason | None = None) -> bool:
        """Tell whether this may be offered; whatever is pressed is asked anew."""

    def staff(self, actor: Actor) -> "Sequence[StaffRow] | Decision":
        """Return the accounts."""

    def audit_rows(self, actor: Actor, after: int, limit: int) -> "Sequence[AuditRow] | Decision":
        """Return entries of the audit log."""

    def sensor_kinds(self) -> Sequence[Modality]:
        """Return the kinds of sensor on this ward."""

    def stop_status(self, room_id: str, stop_token: str) -> StopView:
        """Tell where one stop is on its way."""
