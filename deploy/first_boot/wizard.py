"""The order of a first start, and where it goes on after it was cut."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from deploy.first_boot import asking, enrolling
from deploy.first_boot.kept import Kept, keep, read_kept
from deploy.first_boot.place import Place


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        name: under which it is kept as done.
        about: what it is about.
        lasts: how long it takes, in words.
        take: does it; takes what is known and returns what is known then.
    """

    name: str
    about: str
    lasts: str
    take: Callable[[Place, Kept], Kept]


STEPS = (
    Step("machine", "this machine", "a few seconds", asking.look_at_machine),
    Step("room", "which room", "a minute", asking.ask_room),
    Step("sensor", "the sensor", "a minute", asking.choose_sensor),
    Step("fittings", "the lamp and the control in the room", "two minutes", asking.try_fittings),
    Step("keys", "the node's keys", "a few seconds", enrolling.make_keys),
    Step("answer", "the ward's answer", "as long as the walk to the ward's machine", enrolling.take_answer),
    Step("broker", "the way to the broker", "a few seconds", enrolling.reach_broker),
    Step("service", "the service", "under a minute", enrolling.start_node),
    Step("confirmation", "two people at the console", "a few minutes", enrolling.be_confirmed),
)


def walk(place: Place, steps: Iterable[Step] = STEPS) -> str:
    """Take every step that is not done yet.

    Args:
        place: where.
        steps: in order.

    Returns:
        The last sentence: a live tile, or what is to be done next.

    Raises:
        Stopped: the person stopped; what is done stays done.
        DeployError, BrokerError, EdgeError: a step cannot be taken, and why.
        OSError: the disk refused.
    """
    kept, all_steps = read_kept(place.data), list(steps)
    if kept.done:
        place.talk.say(f"Going on where it was left: {len(kept.done)} of {len(all_steps)} steps are done.")
    for number, step in enumerate(all_steps, 1):
        if step.name in kept.done:
            continue
        place.talk.say(f"\nStep {number} of {len(all_steps)}: {step.about}. Takes {step.lasts}.")
        kept = step.take(place, kept)
        kept = kept.model_copy(update={"done": (*kept.done, step.name)})
        keep(place.data, kept)
    place.world.give(place.data)
    return enrolling.last_words(place)
