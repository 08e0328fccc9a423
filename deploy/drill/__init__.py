"""The drill: a whole ward of real processes under a seeded schedule of faults, and power cuts replayed by the step."""
