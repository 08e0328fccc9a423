"""Two people who hold the two-person key of a ward in a box."""

from console.roles import Actor, Role
from tests.kit.boxed_ward import BoxedWard, an_actor, train

MANAGER = an_actor(Role.WARD_MANAGER)
CALDICOTT = an_actor(Role.IG_OFFICER)


def name_holders(box: BoxedWard, *people: Actor) -> dict[str, str]:
    """Name holders, each confirmed by the next; return each one's code by pseudonym."""
    told = people or (MANAGER, CALDICOTT)
    train(box.ward, *told)
    codes = {one.actor_id: box.ward.incidents.holders.name(one).detail for one in told}
    for one, other in zip(told, (*told[1:], told[0]), strict=True):
        waiting = next(row for row in box.ward.incidents.holders.view(other) if row.actor_id == one.actor_id)
        assert box.ward.incidents.holders.confirm(other, waiting.holder_id)
    return codes
