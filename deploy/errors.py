"""What can go wrong when a ward is put together.

DeployError
├── WardStopped        a process that the ward cannot be without does not stay up
├── LockBroken         a lock file that is not as it was written
├── FirstBootFault     a step of a machine's first start that cannot be taken
├── ProvisioningFault  a step of a node's enrolment, renewal or end that cannot be taken; says what to do
└── UpdateRefused      a release that a machine may not take, or not now (rule N5)
"""


class DeployError(Exception):
    """One sentence that says what is wrong and what to do."""


class WardStopped(DeployError):
    """The broker or the console does not stay up."""


class LockBroken(DeployError):
    """A lock file that is not as it was written, so that nobody knows what would be installed."""


class FirstBootFault(DeployError):
    """A step of a machine's first start that cannot be taken now."""


class ProvisioningFault(DeployError):
    """A step of a node's life at the broker that cannot be taken."""


class UpdateRefused(DeployError):
    """A release that a machine may not take, or not now."""
