"""What can go wrong with a model file.

ModelError
├── CardError      the card is missing, unreadable or incomplete
├── HashMismatch   the file is not the one that its card describes
└── ModelOutputError   the model gave a number that is not a number
"""


class ModelError(Exception):
    """Any fault of a model file, its card or its answer."""


class CardError(ModelError):
    """The card is missing, unreadable or incomplete."""


class HashMismatch(ModelError):
    """The model file is not the one that its card describes."""


class ModelOutputError(ModelError):
    """The model answered with NaN or infinity."""
