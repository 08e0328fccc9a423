"""What the core hands to the desks behind the board: health, the audit log, holds, rooms and accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from broker.vocabulary import Modality, Origin
from console.showing.views import Words

if TYPE_CHECKING:
    from console.consenting.care_views import TalkView
    from console.running.loops import Failing


@dataclass(frozen=True, slots=True)
class MachineView:
    """One node as a machine, for whoever keeps it: from its last message, and from what this console sent it.

    Attributes:
        modality: kind of sensor.
        models: sha256 of each model in use; empty when not known.
        link_lost: the broker has said that its link broke.
        clock_ahead_s: its clock less the console's at its last message [s], the time on the way included; None when
            never heard.
        temperature_c: of its processor [°C]; None when the hardware does not say.
        frames_lost: frames lost since its sensor opened.
        frames_bad: frames that could not be read since then.
        started_at: its present start; None when not known.
        starts: how often it started in the last 24 hours.
        lease_due_s: [s] since the newest lease was signed for it, while another is to follow; 0.0 where none is, as
            while a sensor is off and has said so; None before the first. All is well below half a minute.
        disagrees: it remembers another history of the audit log.
        too_even: for ten minutes it has told a rate that varies less than anything alive.
    """

    modality: Modality
    models: tuple[str, ...] = ()
    link_lost: bool = False
    clock_ahead_s: float | None = None
    temperature_c: float | None = None
    frames_lost: int = 0
    frames_bad: int = 0
    started_at: datetime | None = None
    starts: int = 0
    lease_due_s: float | None = None
    disagrees: bool = False
    too_even: bool = False


@dataclass(frozen=True, slots=True)
class NodeHealthView:
    """One node on the health page.

    Attributes:
        node_id: the node.
        room_title: its room.
        state: sensor state in words.
        heard_s: [s] since its last live message on the console's own clock; None when never.
        waiting: records not yet settled.
        settled: records settled so far.
        lost: records the node declared lost.
        refused: count by refusal code.
        refused_there: messages and leases of ours that the node itself did not take since its boot.
        flags: what the node says is wrong.
        origin: where its frames come from; None when never heard.
        software: version; empty when never heard.
        witness_size: audit entries it has seen; None when none.
        certificate_until: None when this console was not told.
        machine: more about it, for whoever keeps it.
    """

    node_id: str
    room_title: str
    state: Words
    heard_s: float | None
    waiting: int
    settled: int
    lost: int
    refused: Mapping[str, int]
    refused_there: int
    flags: tuple[str, ...]
    origin: Origin | None
    software: str
    witness_size: int | None
    certificate_until: datetime | None = None
    machine: MachineView | None = None


@dataclass(frozen=True, slots=True)
class HealthView:
    """The board's health page: everything refused, counted and visible.

    Attributes:
        nodes: each node.
        refused_elsewhere: refusals that belong to no known node, by code.
        broker_up: whether the console's link is up.
        disk_free_bytes: where the database lies.
        audit_size: entries in the log.
        last_checkpoint: size of the newest signed checkpoint.
        failing: pieces of this console's own work that have failed since it started, by their name in the code.
    """

    nodes: tuple[NodeHealthView, ...]
    refused_elsewhere: Mapping[str, int]
    broker_up: bool
    disk_free_bytes: int
    audit_size: int
    last_checkpoint: int
    failing: Mapping[str, "Failing"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry of the audit log as governance sees it: codes and pseudonyms only (rule X5).

    Attributes:
        index: its place in the tree.
        at: when.
        action: `source:subject:action`.
        actor: pseudonym.
        role: the actor's role; empty for the system.
        rules: rule ids.
        outcome: allowed or denied.
        subject: pseudonym or slug; empty when none.
        reason: access reason or code; empty when none.
    """

    index: int
    at: datetime
    action: str
    actor: str
    role: str
    rules: tuple[str, ...]
    outcome: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldView:
    """One hold, as those outside the ward see it (rules I1, I4).

    Attributes:
        hold_id: random.
        why: code of what started it.
        subject: pseudonym of whose records it keeps.
        from_at: from when it keeps.
        until_at: until when.
        review_by: when somebody looks whether it is still needed.
    """

    hold_id: str
    why: str
    subject: str
    from_at: datetime
    until_at: datetime
    review_by: datetime


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One room on the set-up screen.

    Attributes:
        room_id: slug.
        title: as the ward calls it.
        node_id: its node; empty when none.
        stay_id: who stays there; empty when vacant.
        initials: of the person; empty when vacant.
        patient_name: opened from its own table; empty when vacant or not permitted.
        since: start of the stay; None when vacant.
        consent: the consent's state, in plain words.
        node_confirmed: a second person saw the node's lamp flash in this room (rule H5).
        talk: what is to be talked about with them, and what is written down; None when it is not for this reader.
        sensors: kinds of sensor in it; the words that are read out follow them.
        telling: how they want to be told who looked, in words for the ward; None when they look themselves.
    """

    room_id: str
    title: str
    node_id: str
    stay_id: str
    initials: str
    patient_name: str
    since: datetime | None
    consent: Words
    node_confirmed: bool = False
    talk: "TalkView | None" = None
    sensors: tuple[Modality, ...] = ()
    telling: Words | None = None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One account on the set-up screen.

    Attributes:
        actor_id: pseudonym.
        username: sign-in name.
        display_name: first name and initial, as on the badge.
        role: the role.
        is_active: may sign in.
    """

    actor_id: str
    username: str
    display_name: str
    role: str
    is_active: bool
