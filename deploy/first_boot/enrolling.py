"""The last five steps: keys, the ward's answer, the way to the broker, the service, and two people at the console."""

import tomllib
from pathlib import Path

from broker.logins import write_private
from deploy.errors import FirstBootFault
from deploy.first_boot.kept import Kept
from deploy.first_boot.place import Place
from deploy.first_boot.talk import says_yes
from deploy.provisioning import node_side
from deploy.provisioning.codes import code_lines, enrolment_link
from deploy.provisioning.papers import Answer, read_paper, write_paper
from deploy.toml import text as toml_text
from edge.memory import GateMemory
from edge.settings import load

ANSWER_WITHIN_S, BROKER_WITHIN_S, CONSOLE_WITHIN_S, OPENS_WITHIN_S = 3600.0, 5.0, 1200.0, 12.0
"""[s] of waiting for what is carried from another machine, for a broker that starts again, for the console's first
word, and for a sensor that opens because somebody in the room has said yes already."""


def make_keys(place: Place, kept: Kept) -> Kept:
    """Make the node's keys, which stay here, and write the request that is carried to the ward's machine."""
    assert kept.site and kept.ward and kept.node_id
    papers = Path(place.talk.ask("Folder for the request: a USB stick, such as /mnt", str(kept.papers or "/mnt")))
    if not papers.is_dir():
        raise FirstBootFault(f"{papers} is not there; put the stick in (mount /dev/sda1 /mnt), then run this again")
    asked = node_side.ask(place.data, kept.site, kept.ward, kept.node_id, kept.modality)
    paper = papers / f"{kept.node_id}.request.json"
    write_paper(paper, asked)
    place.world.give(place.data)
    place.talk.say(
        f"Made. The keys stay on this machine. Carry {paper} to the ward's machine, and there, as root:\n"
        f"  hushward provision sign /etc/hushward/ward {paper.name}\n"
        "  systemctl restart mosquitto\n"
        f"Then bring {kept.node_id}.answer.json back, into the same folder."
    )
    return kept.model_copy(update={"papers": papers})


def take_answer(place: Place, kept: Kept) -> Kept:
    """Wait for the answer, take it, and write the node's settings."""
    assert kept.papers is not None
    paper = kept.papers / f"{kept.node_id}.answer.json"
    place.talk.say(f"Waiting for {paper}, up to an hour. A stick that was pulled out may be put in again.")
    if not place.wait_for(paper.exists, ANSWER_WITHIN_S, "the answer"):
        raise FirstBootFault(f"{paper} did not come; run this again when it is there")
    answer = read_paper(paper, Answer)
    place.talk.say(f"The answer names the broker {answer.broker_host}, port {answer.broker_port}.")
    if answer.console_key is None:
        raise FirstBootFault(
            "the ward's machine does not know the console's key yet: console-key there, then sign again"
        )
    node_side.take(place.data, answer)
    told = tomllib.loads(node_side.settings_text(place.data, answer))
    told |= {name: table for name in ("source", "lamp", "pause", "illuminator") if (table := getattr(kept, name))}
    if place.is_demonstration:
        told["context"] = "demonstration"
    if place.config.exists() and "REPLACE-WITH" not in place.config.read_text("utf-8"):
        place.config.replace(place.config.with_name(f"{place.config.name}.before"))
        place.talk.say(f"The settings that were here are now in {place.config.name}.before.")
    write_private(place.config, toml_text(told), 0o640)
    load(place.config)
    place.world.give(place.data)
    place.talk.say(f"The certificate is taken, and {place.config} is written.")
    return kept


def reach_broker(place: Place, kept: Kept) -> Kept:
    """Look whether the broker answers, now that its address is known."""
    settings = load(place.config)
    last: list[str | None] = []

    def answers() -> bool:
        last.append(place.world.reach(settings.broker.host, settings.broker.port))
        return last[-1] is None

    # It was just told to start again, and read this node's name.
    if not place.wait_for(answers, BROKER_WITHIN_S, "the broker"):
        why = last[-1]
        raise FirstBootFault(
            f"the broker {settings.broker.host}:{settings.broker.port} does not answer ({why}); see to cable, Wi-Fi, "
            "firewall and mosquitto, then run this again"
        )
    place.talk.say(f"The broker {settings.broker.host}:{settings.broker.port} answers.")
    return kept


def start_node(place: Place, kept: Kept) -> Kept:
    """Start the service, and with the machine from now on."""
    if place.world.start is None:
        place.talk.say(f"Start the node now, in another terminal:\n  hushward node --config {place.config}")
        return kept
    why = place.world.start()
    if why is not None:
        raise FirstBootFault(f"the service could not be started: {why}")
    place.talk.say("The node runs, and starts with this machine.")
    return kept


def be_confirmed(place: Place, kept: Kept) -> Kept:
    """Show the code, and wait until the console speaks to this node and a second person has seen its lamp (rule H5)."""
    assert kept.console and kept.node_id
    key = node_side.public_key(place.data)
    link = enrolment_link(kept.console, kept.node_id, kept.modality, key)
    place.talk.say(
        "Two people now. The first, an engineer, signed in at the console, scans this code, or opens the address, and "
        "chooses the room. The second stands in the room and confirms there that this very lamp flashes."
    )
    code = code_lines(link)
    if len(code) <= place.world.height:
        place.talk.show("\n".join(code))
    else:
        place.talk.say("(This window is too low for the code; make it higher, or use the address.)")
    place.talk.show(link)
    place.talk.say(f"The node's key, by hand: {' '.join(key[at : at + 8] for at in range(0, len(key), 8))}")
    if not place.wait_for(lambda: _last_word(place) > 0, CONSOLE_WITHIN_S, "the console's first word"):
        raise FirstBootFault("the console has not spoken to this node; hushward doctor says where it is stuck")
    place.talk.say("The console has found this node: its lamp flashes.")
    if not says_yes(place.talk, "Has the second person confirmed it at the console?"):
        raise FirstBootFault("nothing is believed before a second person confirms; then run this again")
    place.wait_for(lambda: _is_open(place), OPENS_WITHIN_S, "the sensor")
    return kept


def last_words(place: Place) -> str:
    """Say in one sentence how it stands: a live tile, or what is to be done next."""
    if _is_open(place):
        return "Done: the sensor is on, and the room's tile on the night board is live."
    return (
        "Done: the node is believed, and its sensor stays closed until somebody in the room says yes. Next, before "
        "anybody sleeps there: commission the room (hushward room-check)."
    )


def _is_open(place: Place) -> bool:
    return GateMemory(place.data / "gate.json").kept.open_under is not None


def _last_word(place: Place) -> int:
    return GateMemory(place.data / "gate.json").kept.serial
