"""From pictures to motion, place and displacement; no picture outlives the moment in which it is measured."""
