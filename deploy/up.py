"""`hushward up`: a whole ward on this machine, from nothing to the night board, watched until it is ended."""

import os
import shutil
import signal
import sys
import threading
import webbrowser
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from broker.clock import SystemClock
from broker.embedded import LIMITS_SENTENCE
from broker.errors import BrokerError
from deploy import layout as files
from deploy import packages
from deploy import plan as plans
from deploy import progress as saying
from deploy.disk import DiskWatch
from deploy.errors import DeployError
from deploy.foundation import Foundation, both_of, cameras_of, check_folder, lay_foundation, take_folder
from deploy.pages import run_page
from deploy.plan import BrokerKind, Plan
from deploy.processes import Part, Processes, python
from deploy.ready import Interrupted, wait_for_port

app = typer.Typer(add_completion=False, rich_markup_mode=None)


_Recordings = Annotated[
    list[str] | None, typer.Option(help="room2=FILE: a recording in place of a simulated room; repeatable.")
]
_Sensors = Annotated[
    list[str] | None, typer.Option(help="room2=PORT: an Acconeer A121 in place of a simulated room; repeatable.")
]
_Cameras = Annotated[
    list[str] | None, typer.Option(help="room4: a simulated camera in place of a simulated radar; repeatable.")
]
_Host = Annotated[str, typer.Option(help="The console's address; needs a certificate unless loopback.")]
_Both = Annotated[
    list[str] | None, typer.Option(help="room1: a simulated radar and a simulated camera together; repeatable.")
]


@app.command()
def up(
    rooms: Annotated[int, typer.Option(min=1, max=plans.MOST_ROOMS, help="How many rooms, 1 to 18.")] = 6,
    demo: Annotated[bool, typer.Option("--demo", help="Demonstration patients and accounts, made on first start.")] = (
        False
    ),
    replay: _Recordings = None,
    live: _Sensors = None,
    camera: _Cameras = None,
    both: _Both = None,
    session: Annotated[
        Path | None,
        typer.Option(help="What live sensors are asked for, in place of a bed (JSON or TOML).", exists=True),
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="A recording that has ended starts again, and says so.")] = False,
    for_s: Annotated[
        float | None, typer.Option("--for", min=1, help="End by itself after so many seconds.", show_default=False)
    ] = None,
    data: Annotated[Path, typer.Option(help="Where the ward keeps everything.")] = Path("ward-data"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="The console's port.")] = 8800,
    host: _Host = "127.0.0.1",
    certificate: Annotated[Path | None, typer.Option(help="The console's certificate (PEM).", exists=True)] = None,
    key: Annotated[Path | None, typer.Option(help="Its key (PEM).", exists=True)] = None,
    broker: Annotated[BrokerKind, typer.Option(help="Which broker to start.")] = BrokerKind.EMBEDDED,
    mosquitto: Annotated[bool, typer.Option("--mosquitto", help="The same as --broker mosquitto.")] = False,
    speed: Annotated[float, typer.Option(min=0.1, max=1000, help="Ward seconds per real second.")] = 1.0,
    browser: Annotated[bool, typer.Option(help="Open the console in a browser, where there is a display.")] = True,
) -> None:
    """Run a whole ward on this machine: broker, console, and a node for each room.

    The rooms are simulated unless --replay puts a recording in their place. Everything is kept in --data, and the
    next start goes on from there. Ctrl-C ends it: first the nodes, which record that their sensors are closed.

    Without --demo nobody has an account: the terminal shows a link for the first administrator, to be used once.
    With --demo the accounts and their passwords are in DIR/demo-accounts.json.

    Examples:
      hushward up --demo

      hushward up --demo --rooms 12 --replay room2=seated.h5 --loop

      hushward up --demo --live room3=/dev/ttyUSB0 --camera room4 --both room1

    Exit codes: 0 ended by Ctrl-C, a signal or --for; 1 something is wrong, said in one sentence; 2 wrong options.
    """
    say = saying.choose()
    try:
        packages.check()
        room_ids = Plan(data, rooms).room_ids
        recorded = plans.replays(replay or (), room_ids)
        ports = plans.live_ports(live or (), room_ids, recorded)
        filmed = plans.cameras((*(camera or ()), *cameras_of(data, room_ids)), recorded, room_ids)
        wanted = Plan(
            data=data.resolve(),
            rooms=rooms,
            demo=demo,
            replays=recorded,
            live=ports,
            cameras=filmed,
            both=plans.both((*(both or ()), *both_of(data, room_ids)), {*recorded, *ports, *filmed}, room_ids),
            session=None if session is None else session.resolve(),
            loop=loop,
            broker=BrokerKind.MOSQUITTO if mosquitto else broker,
            host=host,
            port=port,
            certificate=None if certificate is None else certificate.resolve(),
            key=None if key is None else key.resolve(),
            speed=speed,
        )
        check_folder(wanted.data)
        plans.check(wanted)
        with files.held(wanted.data):
            run(wanted, say, _ended_by_signal(), for_s, open_browser=browser)
    except Interrupted:
        say.note("ended before the ward was ready")
    except (DeployError, BrokerError) as error:
        say.fault(str(error))
        raise typer.Exit(1) from error
    except OSError as error:
        say.fault(f"{error.filename or data}: {error.strerror}; free some space or check the folder's rights")
        raise typer.Exit(1) from error


def run(
    plan: Plan, say: saying.Progress, until: threading.Event, for_s: float | None = None, *, open_browser: bool = False
) -> None:
    """Start a ward, watch it, and end it.

    Args:
        plan: what was asked for, checked.
        say: where the steps are said.
        until: ends the ward.
        for_s: ends it after this time once it is ready [s].
        open_browser: show the console in a browser, if there is a display and a terminal.

    Raises:
        DeployError: something vital cannot be started or does not stay up.
        OSError: the folder cannot be written.
    """
    take_folder(plan.data)
    layout = files.Layout(plan.data)
    layout.make(plan.node_ids)
    clock_file = files.ward_clock(layout, plan.speed)
    port = plans.free_port()
    files.write_broker(layout, plan, port)
    files.write_console(layout, plan, port, clock_file)
    foundation = lay_foundation(plan, layout, files.clock_of(clock_file), say)
    for node_id in plan.node_ids:
        files.write_node(layout, plan, node_id, port, foundation.console_key, clock_file)
    clock = SystemClock()
    processes = Processes(layout.logs, clock, say.note)
    try:
        _start(plan, layout, processes, say, until, port)
        say.done(f"the ward is ready: {plan.address}")
        _say_how_to_sign_in(layout, foundation, say)
        if open_browser and _has_display():
            webbrowser.open(plan.address)
        processes.watch(until, for_s, DiskWatch(plan.data, clock, say.note).look)
    finally:
        say.note("ending: sensors first, then the console, then the broker")
        processes.stop()
    say.done(f"ended; `hushward up --data {plan.data}` goes on from here")


def _start(
    plan: Plan, layout: files.Layout, processes: Processes, say: saying.Progress, until: threading.Event, port: int
) -> None:
    clock = SystemClock()
    config = files.broker_file(layout, plan.broker)
    serve = python("-m", "broker", "serve", str(config), "--kind", plan.broker)
    processes.start(Part("broker", serve, is_vital=True))
    wait_for_port(processes, "broker", "127.0.0.1", port, clock, until)
    say.done(LIMITS_SENTENCE if plan.broker is BrokerKind.EMBEDDED else "broker: mosquitto, on 127.0.0.1 only")
    settings = str(layout.console_settings)
    processes.start(Part("console", python("-m", "console", "serve", "--config", settings), is_vital=True))
    wait_for_port(processes, "console", plan.host, plan.port, clock, until)
    say.done("console: answers")
    for place in plan.nodes:
        node = python("-m", "edge", "--config", str(layout.node_settings(place.node_id)))
        processes.start(Part(f"{place.node_id} in {place.room_id}", node, is_vital=False))
    replayed = "".join(f"; {room_id} plays {file.name}" for room_id, file in plan.replays.items())
    sensed = "".join(f"; {room_id} has a sensor at {address}" for room_id, address in plan.live.items())
    say.done(f"nodes: {len(plan.nodes)} started{replayed}{sensed}")


def _say_how_to_sign_in(layout: files.Layout, foundation: Foundation, say: saying.Progress) -> None:
    if layout.accounts.exists():
        say.note(f"accounts and passwords: {layout.accounts}")
        return
    link = layout.console / "first-administrator.link"
    if link.exists():
        say.note(f"first administrator, once: {link.read_text('utf-8').strip()}")
        say.note("the nodes' public keys, for the page where rooms are made:")
        for node_id, key in foundation.node_keys.items():
            say.note(f"  {node_id}  {key}")


def _ended_by_signal() -> threading.Event:
    until = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        # Not set here: the handler may run inside the event's own lock.
        threading.Thread(target=until.set, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    return until


def _has_display() -> bool:
    shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform == "darwin"
    return sys.stdout.isatty() and shown and (shutil.which("xdg-open") is not None or sys.platform == "darwin")


def main(arguments: list[str] | None = None) -> int:
    """Run `hushward up`."""
    return run_page(app, "hushward up", arguments)
