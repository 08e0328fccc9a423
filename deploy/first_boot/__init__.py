"""The first start of a node's machine: nine plain questions and steps, from a blank card to a node that is believed."""
