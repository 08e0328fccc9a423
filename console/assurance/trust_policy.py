"""The trust's own policy on disk: signed by the roles that must, rising in version, and every version kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from broker.durable import replace_durably
from console.errors import PolicyRefused
from console.keys.signer import signature_holds, signed_by_person
from console.logbook.audit import Entry
from console.office import Office
from console.roles import Actor, Role
from console.rules.changes import LocalPolicy, read_changes
from console.rules.policy import Policy, PolicyError, shipped_policy
from console.running.settings import ConsoleSettings
from console.showing.views import Words
from console.store.audit_rows import newest_rows
from console.store.database import Tx

_LABEL = b"hushward trust policy 1\n"
_KEPT = "policies"


@dataclass(frozen=True, slots=True)
class SignedPolicy:
    """A trust's policy whose signatures hold.

    Attributes:
        policy: what it changes.
        content: the file.
        signatures: base64 signature by role.
    """

    policy: LocalPolicy
    content: bytes
    signatures: Mapping[Role, str]


def signatures_path(file: Path) -> Path:
    """Return where the signatures of a policy file lie: beside it."""
    return file.with_name(f"{file.name}.signatures.json")


def sign(file: Path, role: Role, key_file: Path) -> None:
    """Add one role's signature to those beside a policy file; an earlier one of the same role is replaced.

    Raises:
        KeyFault: the key cannot be read, or others may read it.
        PolicyRefused: the signatures beside the file cannot be read.
    """
    told = {str(name): one for name, one in read_signatures(file).items()}
    told[role.value] = signed_by_person(key_file, _covered(role, file.read_bytes()))
    replace_durably(signatures_path(file), (json.dumps(told, indent=2, sort_keys=True) + "\n").encode(), mode=0o644)


def read_signatures(file: Path) -> dict[Role, str]:
    """Return the signatures beside a policy file, by role; none when there are none.

    Raises:
        PolicyRefused: the file of signatures cannot be read.
    """
    path = signatures_path(file)
    try:
        told = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {Role(name): str(one) for name, one in told.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise PolicyRefused(f"{path.name}: cannot be read as signatures; sign the policy again") from error


def check(file: Path, signers: Mapping[Role, str], policy: Policy) -> SignedPolicy:
    """Read a policy file and hold it to its bounds and its signatures.

    Args:
        file: the TOML file; its signatures lie beside it.
        signers: public key by role, 64 hex digits, as the console's settings name them.
        policy: the book that came with the software.

    Raises:
        PolicyRefused: what is wrong, and what to do.
    """
    signatures = read_signatures(file)
    try:
        content = file.read_bytes()
        local = read_changes(content, policy)
    except (OSError, PolicyError) as error:
        raise PolicyRefused(f"{file.name}: {error}") from error
    for role in local.signers(policy):
        if role not in signers:
            raise PolicyRefused(f"{file.name}: {role} must sign, and the settings name no key of theirs")
        if role not in signatures:
            raise PolicyRefused(f"{file.name}: {role} has not signed; they run: hushward rules policy sign")
        if not signature_holds(signers[role], _covered(role, content), signatures[role]):
            raise PolicyRefused(f"{file.name}: the signature of {role} is not for this text; they sign it again")
    return SignedPolicy(local, content, signatures)


def adopt(signed: SignedPolicy, data_dir: Path, policy: Policy) -> Policy:
    """Keep a version, and return the rule book with its changes.

    Args:
        signed: checked.
        data_dir: the console's own folder; every version that was ever in force is kept in it.
        policy: the book that came with the software.

    Raises:
        PolicyRefused: an earlier version than the newest kept, or another text under the same version.
    """
    local, folder = signed.policy, data_dir / _KEPT
    folder.mkdir(mode=0o700, exist_ok=True)
    newest, digest = _newest(folder)
    if local.version < newest:
        raise PolicyRefused(
            f"the trust's policy has version {local.version}, and version {newest} was in force here; "
            "raise version above it and have it signed"
        )
    if local.version == newest and local.digest != digest:
        raise PolicyRefused(
            f"version {newest} of the trust's policy was in force here with another text; raise version and sign again"
        )
    if local.version > newest:
        told = {
            "version": local.version,
            "sha256": local.digest,
            "signatures": {role.value: one for role, one in signed.signatures.items()},
            "text": signed.content.decode("utf-8"),
        }
        replace_durably(folder / f"{local.version:03}.json", (json.dumps(told, indent=2) + "\n").encode(), mode=0o600)
    return local.applied_to(policy)


def in_force(file: Path | None, signers: Mapping[Role, str], data_dir: Path, policy: Policy) -> Policy:
    """Return the rule book in force on this console.

    Args:
        file: the trust's own policy; None where the settings name none.
        signers: public key by role.
        data_dir: the console's own folder.
        policy: the book that came with the software.

    Raises:
        PolicyRefused: the file cannot be taken, or one was in force here and the settings name none any more.
    """
    if file is not None:
        return adopt(check(file, signers, policy), data_dir, policy)
    newest, _ = _newest(data_dir / _KEPT)
    if newest:
        raise PolicyRefused(
            f"version {newest} of the trust's policy was in force here, and the settings name none; name it again, "
            "or go back to the book with a signed version whose change = []"
        )
    return policy


def policy_of(settings: ConsoleSettings) -> Policy:
    """Return the rule book in force on the console of these settings.

    Raises:
        PolicyRefused: see `in_force`.
    """
    told = settings.policy
    if told is None:
        return in_force(None, {}, settings.data_dir, shipped_policy())
    return in_force(told.file, told.signers, settings.data_dir, shipped_policy())


def note_in_log(office: Office) -> None:
    """Write into the log, once for each version, that the trust's own policy is in force (rule X4)."""
    policy = office.policy
    if not policy.local:
        return
    subject = f"policy:{policy.local_hash[:32]}"

    def write(tx: Tx) -> None:
        if newest_rows(tx, limit=1, subject=subject):
            return
        decision = policy.allow("X4", reason=Words("The trust's own policy is in force."))
        office.audit.append(
            tx,
            Entry(
                action="console:policy:taken",
                actor=Actor.system("policy").actor_id,
                role=Role.SYSTEM,
                rules=decision.rules,
                policy_version=decision.policy_version,
                subject=subject,
                text_digest=policy.local_hash,
            ),
        )

    office.store.write(write)


def _newest(folder: Path) -> tuple[int, str]:
    """Return the newest version kept and its hash; 0 when none was."""
    kept = sorted(folder.glob("[0-9][0-9][0-9].json"))
    if not kept:
        return 0, ""
    try:
        told = json.loads(kept[-1].read_text("utf-8"))
        return int(told["version"]), str(told["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PolicyRefused(f"{kept[-1]}: cannot be read; put it back from the backup") from error


def _covered(role: Role, content: bytes) -> bytes:
    """Return what a role signs: the text with the role in front, so that no signature stands for another role."""
    return _LABEL + role.value.encode() + b"\n" + content
