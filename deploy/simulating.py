"""`hushward simulate`: a sleeper who is not there as a recording, or a recording as a sensor that is not there."""

import json
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from broker.clock import SystemClock
from deploy.workbench import run
from edge.evaluation import simulate_file
from edge.sources.a121_recorded import A121Words
from edge.sources.a121_serving import PtySocket, Socket, TcpSocket, serve
from edge.sources.a121_simulated import Drill, SimulatedA121
from models.simulator.camera import film, scene_named
from models.simulator.camera.recording import write

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
_PARTS = ("sleeper", "camera", "a121")


@app.callback()
def simulate() -> None:
    """Make what is not there: a sleeper as a recording, by radar or camera, or a recording as a live sensor.

    `hushward simulate FILE.npz` is short for `hushward simulate sleeper FILE.npz`.

    Examples:
      hushward simulate sleeper night.npz --seed 7

      hushward simulate camera fall fall.npz --seconds 60

      hushward simulate a121 night.h5 --session night.json

    Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 wrong options.
    """


@app.command()
def sleeper(
    file: Annotated[Path, typer.Argument(metavar="FILE.npz", help="Where the recording goes.")],
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed gives the same night.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, max=86400, help="How long.")] = 300,
    scenario: Annotated[str, typer.Option(help="Which story; a wrong name prints them all.")] = "night",
) -> None:
    """Write a simulated sleeper as a recording, with the truth of each second beside it.

    The truth is written to the same name with .truth.jsonl; `hushward estimate` reads the recording.

    Example: hushward simulate sleeper night.npz --seed 7 --seconds 600 --scenario cheyne_stokes

    Exit codes: 0 written; 1 it could not be, with the reason in one sentence.
    """
    told = simulate_file(file, seed=seed, seconds=seconds, scenario=scenario)
    typer.echo(f"{told['frames']} frames, {told['seconds']} s: {told['recording']} and {told['truth']}")


@app.command()
def camera(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Which story; a wrong name prints them all.")],
    file: Annotated[Path, typer.Argument(metavar="FILE.npz", help="Where the frames go.")],
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed films the same clip.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, max=36000, help="How long.")] = 60,
    large: Annotated[bool, typer.Option("--large", help="640 x 480 pixels in place of 320 x 240.")] = False,
) -> None:
    """Film a simulated bed in near infra-red, with the truth of each second and the events beside it.

    The truth is written to the same name with .truth.jsonl; `hushward estimate` reads the recording. An hour is some
    two gigabytes.

    Example: hushward simulate camera fall fall.npz --seconds 60 --seed 7

    Exit codes: 0 written; 1 it could not be, with the reason in one sentence.
    """
    size = {"width": 640, "height": 480} if large else {}
    clip = film(scene_named(scenario, seed, seconds, **size))
    truth = write(clip, file)
    typer.echo(f"{clip.frame_count} frames, {len(clip.truth)} s: {file} and {truth}")


@app.command()
def a121(
    file: Annotated[Path, typer.Argument(metavar="FILE.h5", help="A recording of an Acconeer A121.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port of 127.0.0.1; 0 takes a free one.")] = 0,
    pseudo: Annotated[
        Path | None, typer.Option("--pty", help="A serial device under this name, in place of TCP.")
    ] = None,
    session: Annotated[
        Path | None, typer.Option(help="Write here what the node must ask for: [source] session.")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="For a ward that runs so much faster than real time.")
    ] = 1.0,
    loop: Annotated[bool, typer.Option("--loop", help="A recording that has ended goes on from its start.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End when the first client has left.")] = False,
    unplug_at: Annotated[
        float | None, typer.Option(min=0, help="Pull the cable so many seconds after the first frame.")
    ] = None,
    back_after: Annotated[float | None, typer.Option(min=0, help="Put it back so many seconds later.")] = None,
    garbage_at: Annotated[
        float | None, typer.Option(min=0, help="Send bytes that are nobody's, seconds after the first frame.")
    ] = None,
) -> None:
    """Serve a recording as the live sensor that made it, byte for byte and in real time.

    The address is printed; a node's `[source] port` takes it. The sensor's driver is so tried with no sensor there,
    a pulled cable and a spoilt line included.

    Example: hushward simulate a121 night.h5 --session night.json --unplug-at 20 --back-after 10

    Exit codes: 0 served to the end, or ended by Ctrl-C; 1 it could not be, with the reason in one sentence.
    """
    words = A121Words(file)
    try:
        if session is not None:
            session.write_text(json.dumps(words.longest.session, indent=2) + "\n", "utf-8")
        cable: Socket = TcpSocket(port) if pseudo is None else PtySocket(pseudo)
        typer.echo(cable.address)
        drill = Drill(unplug_at, back_after, garbage_at)
        sensor = SimulatedA121(words, SystemClock(), drill, loop=loop, speed=speed)
        serve(sensor, cable, _ended_by_signal(), once=once)
    finally:
        words.close()


def main(arguments: list[str] | None = None) -> int:
    """Run `hushward simulate`."""
    given = list(arguments or [])
    if given and given[0] not in _PARTS and not given[0].startswith("-"):
        given = ["sleeper", *given]
    return run(app, "hushward simulate", given)


def _ended_by_signal() -> threading.Event:
    until = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        # Not set here: the handler may run inside the event's own lock.
        threading.Thread(target=until.set, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return until
