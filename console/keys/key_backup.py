"""The console's keys in one file that a passphrase opens: kept apart from the database, by another person."""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from broker.logins import write_private
from console.errors import KeyFault
from console.keys.signer import Keys

SHORTEST = 16
"""Signs of a passphrase: it guards every name and every signature of a ward."""
_COST = {"n": 2**17, "r": 8, "p": 1}
"""Scrypt, 128 MB: OWASP Password Storage Cheat Sheet, first choice."""
_NOTE = b"hushward console keys 1"


def save(keys_dir: Path, out: Path, passphrase: str) -> int:
    """Write the keys of a console into one sealed file; return how many.

    Raises:
        KeyFault: the passphrase is too short, or the keys are not complete.
        OSError: the file cannot be written.
    """
    if len(passphrase) < SHORTEST:
        raise KeyFault(f"a passphrase for the keys has {SHORTEST} signs or more; six random words are a good one")
    Keys.open(keys_dir)
    files = {one.name: one.read_text("ascii") for one in sorted(keys_dir.iterdir()) if one.is_file()}
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = ChaCha20Poly1305(_key(passphrase, salt)).encrypt(nonce, json.dumps(files).encode(), _NOTE)
    told = {"version": 1, "salt": salt, "nonce": nonce, "sealed": sealed}
    write_private(out, json.dumps({k: b64encode(v).decode() if isinstance(v, bytes) else v for k, v in told.items()}))
    return len(files)


def put_back(file: Path, keys_dir: Path, passphrase: str) -> int:
    """Write the keys of a sealed file into an empty folder; return how many.

    Raises:
        KeyFault: the folder holds keys, the file is none, or the passphrase is another one.
        OSError: the folder cannot be written.
    """
    if keys_dir.exists() and any(keys_dir.iterdir()):
        raise KeyFault(f"{keys_dir}: holds keys already; move the folder away first, and keep it")
    try:
        told = json.loads(file.read_text("ascii"))
        salt, nonce, sealed = (b64decode(told[name], validate=True) for name in ("salt", "nonce", "sealed"))
        files = json.loads(ChaCha20Poly1305(_key(passphrase, salt)).decrypt(nonce, sealed, _NOTE))
    except InvalidTag as error:
        raise KeyFault(f"{file}: this passphrase does not open it, or it was changed") from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFault(f"{file}: is not a file of `hushward console backup-keys`") from error
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in files.items():
        write_private(keys_dir / Path(name).name, text, 0o600 if name.endswith(".key") else 0o644)
    Keys.open(keys_dir)
    return len(files)


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, **_COST).derive(passphrase.encode())
