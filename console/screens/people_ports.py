"""The parts of a ward that the screens of people ask: what patients try and tell, who is trained, who is in a room."""

from typing import Protocol

from console.screens.care_ports import TrainedShift, Training, Visits
from console.screens.own_ports import OwnGroups, Trying


class PeoplePort(Protocol):
    """A part of the ward port."""

    @property
    def trying(self) -> Trying:
        """Their own trial of the sensor."""

    @property
    def groups(self) -> OwnGroups:
        """What they tell about themselves."""

    @property
    def training(self) -> Training:
        """Who is trained in what."""

    @property
    def visits(self) -> Visits:
        """Who of the staff is in which room."""

    @property
    def trained_shift(self) -> TrainedShift:
        """Whether anybody on shift is."""
