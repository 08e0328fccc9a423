"""What can go wrong at an edge node.

EdgeError
├── SourceError        the sensor or recording cannot be opened or read
│   └── UnreadableFile   a file that is in no known format, or is broken from the start
├── SettingsError      the settings name something that is not there
├── KeyFault           a key or password file is missing, wrong, or open to others
└── PipeError          a line between node and sensing is not what was agreed
"""


class EdgeError(Exception):
    """Any fault that the edge names."""


class SourceError(EdgeError):
    """The sensor or recording cannot be opened or read."""


class UnreadableFile(SourceError):
    """A file is in no known format, or is broken from the start."""


class SettingsError(EdgeError):
    """The settings name something that is not there."""


class KeyFault(EdgeError):
    """A key or password file is missing, wrong, or open to others."""


class PipeError(EdgeError):
    """A line between node and sensing is not what was agreed."""
