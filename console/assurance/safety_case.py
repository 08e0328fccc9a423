"""The safety officer's signature: over the hazard log, the intended purpose and the rules in force (rules H3, A11)."""

import json
import tomllib
from pathlib import Path

from broker.durable import replace_durably
from console.errors import SafetyRefused
from console.keys.signer import signature_holds, signed_by_person
from console.roles import Role
from console.rules.hazards import INTENDED_PURPOSE, safety_digest
from console.rules.policy import Policy
from console.running.settings import ConsoleSettings

_SIGNER = Role.CLINICAL_SAFETY_OFFICER
_REMEDY = "the clinical safety officer looks at `hushward safety check`, and signs with `hushward safety sign`"


def covered(digest: str) -> bytes:
    """Return the bytes that are signed."""
    return f"hushward safety case 1\n{_SIGNER.value}\n{digest}\n".encode()


def sign(file: Path, key_file: Path, policy: Policy) -> str:
    """Write the signature over what is in force; return the digest that it covers.

    Raises:
        KeyFault: the key cannot be read, or others may read it.
    """
    digest = safety_digest(policy.local_hash)
    told = {"digest": digest, "role": _SIGNER.value, "signature": signed_by_person(key_file, covered(digest))}
    replace_durably(file, (json.dumps(told, indent=2, sort_keys=True) + "\n").encode(), mode=0o644)
    return digest


def fault_of(file: Path, public_key: str, policy: Policy) -> str | None:
    """Return what is wrong with a signature for what is in force now; None when it holds."""
    try:
        told = json.loads(file.read_text("utf-8"))
        digest, signature = str(told["digest"]), str(told["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"{file.name}: cannot be read as a signature; {_REMEDY}"
    if digest != safety_digest(policy.local_hash):
        return f"{file.name}: signs another hazard log, or other rules, than those of this console; {_REMEDY}"
    if not signature_holds(public_key, covered(digest), signature):
        return f"{file.name}: the signature is not the safety officer's; {_REMEDY}"
    return None


def require_signature(settings: ConsoleSettings, policy: Policy) -> None:
    """Refuse clinical use without the safety officer's signature over what is deployed.

    Raises:
        SafetyRefused: what is missing, and what to do.
    """
    told = settings.clinical
    if told is None:
        return
    if told.safety_signature is None or told.safety_officer_key is None:
        raise SafetyRefused(f"clinical use needs safety_signature and safety_officer_key in [clinical]; {_REMEDY}")
    fault = fault_of(told.safety_signature, told.safety_officer_key, policy)
    if fault is not None:
        raise SafetyRefused(fault)


def vital_signs_are_signed(settings: ConsoleSettings, policy: Policy) -> bool:
    """Return whether the signed intended purpose lets vital signs call somebody (rule A11); off as shipped."""
    told, purpose = settings.clinical, tomllib.loads(INTENDED_PURPOSE.read_text("utf-8"))
    if not purpose["vital_signs_may_call"] or told is None or told.safety_signature is None:
        return False
    return fault_of(told.safety_signature, told.safety_officer_key or "", policy) is None
