"""The node's side: a request whose keys never leave the node, its answer, and the end of everything (rule N6)."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from broker.certificates import belongs, new_key, read_key, request, write_key
from broker.logins import write_private
from broker.vocabulary import Context, Modality
from deploy.errors import ProvisioningFault
from deploy.provisioning.papers import Answer, Asked, Wiped, read_paper, unsigned, write_paper
from deploy.toml import text as toml_text
from edge.trust import NodeKey

_LINK = "tls"
"""Names the folder with the certificate in use, so that a new key and its certificate take over in one step."""
_DRAFT = "tls-new"
_ASKED = "asked.json"


def ask(folder: Path, site: str, ward: str, node_id: str, modality: Modality) -> Asked:
    """Make the node's keys where they are missing, and a request for a certificate.

    Args:
        folder: the node's data folder; made with mode 0700 when missing. An earlier request in it counts no more.
        site: the hospital's slug.
        ward: the ward's slug.
        node_id: the node's name.
        modality: its kind of sensor.

    Raises:
        KeyFault: there is a signing key that cannot be used.
        pydantic.ValidationError: a name is no slug.
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = NodeKey.open(folder)
    draft = folder / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    key = new_key()
    write_key(draft / "node.key", key)
    asked = request(key, node_id)
    made = Asked(
        site=site,
        ward=ward,
        node_id=node_id,
        modality=modality,
        public_key=own.public_hex,
        request=asked,
        signature=own.sign_installation(asked.encode()),
    )
    write_paper(draft / _ASKED, made)
    return made


def take(folder: Path, answer: Answer) -> Path:
    """Take the answer to the newest request: from the node's next start on, its key and certificate are used.

    Args:
        folder: the node's data folder.
        answer: what the ward's machine answered.

    Returns:
        Where to find `node.key`, `node.pem` and `ca.pem`; its name stays the same at each renewal.

    Raises:
        ProvisioningFault: no request waits for an answer.
        CertificateFault: the answer is for another node or another request.
        OSError: the folder cannot be written; the earlier certificate is still in use.
    """
    draft, link = folder / _DRAFT, folder / _LINK
    if not (draft / _ASKED).exists():
        raise ProvisioningFault(f"{folder}: no request waits for an answer; begin with `hushward provision ask`")
    asked = read_paper(draft / _ASKED, Asked)
    if (asked.site, asked.ward, asked.node_id) != (answer.site, answer.ward, answer.node_id):
        raise ProvisioningFault(
            f"this answer is for {answer.site}/{answer.ward}/{answer.node_id}, and not for this node"
        )
    serial = belongs(answer.certificate, read_key(draft / "node.key"), answer.node_id)
    write_private(draft / "node.pem", answer.certificate, 0o644)
    write_private(draft / "ca.pem", answer.authority, 0o644)
    kept = folder / f"tls-{serial}"
    draft.rename(kept)
    earlier = folder / link.readlink() if link.is_symlink() else None
    fresh = folder / ".tls"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(kept.name)
    fresh.replace(link)
    if earlier is not None and earlier != kept and earlier.is_dir():
        _overwrite(earlier)
    return link


def public_key(folder: Path) -> str:
    """Return the public half of the key with which this node signs, 64 hex digits.

    Raises:
        KeyFault: it cannot be used.
    """
    return NodeKey.open(folder).public_hex


def settings_text(folder: Path, answer: Answer) -> str:
    """Return a node.toml to begin with: who the node is and how it reaches its broker; the room is still to be drawn.

    Args:
        folder: the node's data folder.
        answer: what the ward's machine answered, after it was taken.
    """
    tls = folder / _LINK
    modality = read_paper(tls / _ASKED, Asked).modality
    return toml_text(
        {
            "site": answer.site,
            "ward": answer.ward,
            "node_id": answer.node_id,
            "data_dir": folder,
            "context": Context.EVALUATION.value,
            "console_key": answer.console_key or "REPLACE-WITH-THE-CONSOLES-KEY",
            "modality": modality.value,
            "broker": {
                "host": answer.broker_host,
                "port": answer.broker_port,
                "ca_file": tls / "ca.pem",
                "certificate_file": tls / "node.pem",
                "key_file": tls / "node.key",
            },
        }
    )


def wipe(folder: Path, now: datetime, out: Path) -> Wiped:
    """Destroy all that a node keeps, and write its last word, signed with the key that is then destroyed.

    What is overwritten on a memory card may still lie in a spare block of it: take the certificates back at the ward's
    machine as well, and destroy the card.

    Args:
        folder: the node's data folder; it is gone afterwards.
        now: UTC-aware.
        out: where the last word goes; must not lie in the folder.

    Raises:
        ProvisioningFault: there is no node in the folder, or the last word would be wiped with it.
        OSError: the certificate cannot be written, and nothing was destroyed; or a file cannot be, and there is
            no certificate.
    """
    if not (folder / "node.key").exists() or not (folder / _LINK / _ASKED).exists():
        raise ProvisioningFault(f"{folder}: there is no node here that was provisioned; give its data folder")
    if out.resolve().is_relative_to(folder.resolve()):
        raise ProvisioningFault(f"{out}: lies in the folder that is wiped; choose another place for the certificate")
    own = NodeKey.open(folder)
    who = read_paper(folder / _LINK / _ASKED, Asked)
    files = sorted(one for one in folder.rglob("*") if one.is_file() and not one.is_symlink())
    said = Wiped(
        site=who.site,
        ward=who.ward,
        node_id=who.node_id,
        public_key=own.public_hex,
        at=now,
        destroyed=tuple(str(one.relative_to(folder))[-120:] for one in files),
        signature="",
    )
    said = said.model_copy(update={"signature": own.sign_installation(unsigned(said))})
    write_paper(out, said)
    try:
        _overwrite(folder.resolve())
    except OSError:
        # Nothing may certify what did not happen.
        out.unlink()
        raise
    return said


def _overwrite(folder: Path) -> None:
    """Write zeroes over every file of a folder and delete it."""
    for one in folder.rglob("*"):
        if one.is_file() and not one.is_symlink():
            with one.open("r+b") as file:
                file.write(bytes(one.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
    shutil.rmtree(folder)
