"""What the page says in sentences."""

HEAD = """# Thirty nights of a simulated ward

Made by `python -m models.recipes.ward_nights` from seed {seed}; do not edit. Nobody real is in it, and no ward of this
project was ever measured: these are figures of a model of a ward, and they stand or fall with the assumptions at the
end. They are for whoever plans a ward's nights, or judges whether this system is worth having on one.

Eighteen people, {nights} nights from 21:00 to 07:00, sensors on from 22:00. What people and staff do is drawn from the
seed; what the sensor sees of it is drawn with the shares on the [accuracy page](accuracy.md). What the ward does then
is decided by the product's own rules, imported and not rewritten: when an alert is raised, who is called and when it
moves up, what closes it, when each check is planned, what brings it forward, what counts as on time, what a tile says,
and what the load strip shows. Only the database, the network and the screens are left out.
"""
LIMITS = """
## What this does not show

- **It is no evidence of safety.** A person whose breathing stops is found late or not at all on a ward that runs as
  shipped: this system will not tell you if a patient stops breathing.
- People here do not copy each other, hide, barricade a door, or hurt themselves in a way that no sensor sees.
- Staff here always go. A night on which nobody answers is in the [ward nights](../governance/ward-nights.md), not here.
- The network and the nodes never fail here; what happens then is in the ward nights too.
- Sensors are radars on simulated sleepers; no share on the accuracy page was measured on a patient.
"""
WAKINGS = """**Read the wakings as they stand: as shipped, sensors save none.** Every check is walked as before, and a
few more are. Only where a trust has allowed quiet checks (rule O9), under a signed intended purpose (A11), does a
reading at the door let somebody sleep on, and only people who asked for it."""
RARE = """Help is needed so rarely that thirty nights say nothing about it. So the same ward is lived through once
more with about five such events a night, with sensors and without any; the calls of these nights are not in the
tables above."""
UNSEEN = """A person in the en-suite is seen by no sensor of the room; the en-suite clock calls for those whose plan
set one, and everybody else is found at the next check. When breathing is not seen for a minute, nobody is called: the
check moves to now (rule K8), and that is how soon somebody is there.
A fall that the sensor does not see is taken as one that it holds for somebody in bed: the worst that it can say."""
SMALL = """The counts are small: 19 of 19 is compatible with one in seven being missed. False calls of a minute were
never seen in the hour and a half of simulated sleep on that page, which proves no more than two an hour; how often
they come, and all that concerns the floor, is assumed below."""
STRIP = """**The load strip shows the worse of two loads**: with everybody on the floor, and while one of them has a
break. Whoever stays with one person is taken off, and of each hour of each, some minutes go to personal care, calls and
talk; both are parameters of rule O5, which are the trust's to set."""
PEOPLE = """People by level: twelve general, one half-hourly, four quarter-hourly, one within arm's length. NPSA 2007:
National Patient Safety Agency, Slips, trips and falls in hospital: 2.1 falls in 1000 bed days in mental health
units."""
