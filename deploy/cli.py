"""The `hushward` command: one table from verb to room function; a room is imported only when its verb is used."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

from deploy.packages import REMEDY


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the table.

    Attributes:
        name: as it is typed.
        module: where its function lives.
        function: takes the remaining arguments, returns the exit code.
        line: what it does, for the list.
        before: arguments that stand before the typed ones.
    """

    name: str
    module: str
    function: str
    line: str
    before: tuple[str, ...] = ()


VERBS = (
    Verb("up", "deploy.up", "main", "Run a whole ward on this machine: broker, console, and a node for each room."),
    Verb("node", "edge.__main__", "main", "Run the node of one room."),
    Verb("console", "console.__main__", "main", "Run the ward console; make certificates; move the database on."),
    Verb("broker", "broker.__main__", "main", "Print the message contract; write a broker's configuration; run one."),
    Verb("provision", "deploy.provisioning.command", "main", "A ward's authority; enrol, renew, revoke, wipe a node."),
    Verb(
        "first-boot", "deploy.first_boot.command", "main", "Make this machine a room's node, step by step (engineers)."
    ),
    Verb("update", "deploy.updating.command", "main", "Sign a release; say it ran well; may a machine take it?"),
    Verb("room-check", "deploy.room_check", "main", "Try a room's sensor before anybody sleeps there (engineers)."),
    Verb("setup-room", "deploy.setup_room.command", "main", "Draw a camera's room over what moves in it (engineers)."),
    Verb("estimate", "deploy.workbench", "main_estimate", "Say what a recording shows, second by second."),
    Verb("eval", "deploy.workbench", "main_eval", "Judge the estimates on recordings whose answer is known."),
    Verb("simulate", "deploy.simulating", "main", "Write a simulated sleeper, or serve a recording as a live sensor."),
    Verb("audit", "console.__main__", "main", "Verify the audit log of a ward.", ("audit",)),
    Verb("rules", "deploy.rules", "main", "Read the rule book; check that it is enforced; sign a policy of your own."),
    Verb("safety", "deploy.safety", "main", "Hold the hazard log against rules and tests; sign it."),
    Verb("doctor", "deploy.doctor", "main", "Check this machine: what is missing, and what to do about it."),
)

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""A window of half a minute is small work, which a pool of threads makes dearer; read when numpy is first imported."""

_PAGE = """Hushward: contactless night monitoring for mental-health wards, with consent enforced at the sensor.
Not a medical device: nothing here replaces a nurse's check.

Usage: hushward VERB [OPTIONS]

Verbs:
{verbs}

Start here:
  hushward up --demo      a demonstration ward with simulated sleepers, in the browser
  hushward VERB --help    what a verb does, an example, its exit codes
  hushward --version

Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 the command was not understood.
"""


def page() -> str:
    """Return the page of `hushward --help`."""
    return _PAGE.format(verbs="\n".join(f"  {verb.name:<10} {verb.line}" for verb in VERBS))


def main(arguments: list[str] | None = None) -> int:
    """Run one verb.

    Args:
        arguments: without the program's name; the process's own when None.

    Returns:
        The exit code.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("--help", "-h", "help"):
        sys.stdout.write(page())
        return 0 if given else 2
    if given[0] == "--version":
        sys.stdout.write(f"hushward {version('hushward')}\n")
        return 0
    verb = next((one for one in VERBS if one.name == given[0]), None)
    if verb is None:
        sys.stderr.write(f"hushward: there is no verb {given[0]!r}; hushward --help lists them\n")
        return 2
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    try:
        module = import_module(verb.module)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"hushward {verb.name}: missing on this machine: {error.name}; {REMEDY}\n")
        return 1
    run: Callable[[list[str]], int] = getattr(module, verb.function)
    return run([*verb.before, *given[1:]])
