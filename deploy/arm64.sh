#!/usr/bin/env bash
# Ask every model on an emulated 64-bit ARM, as a Raspberry Pi has, and compare the answers with this machine's.
# Checks that the answers are right there, not how long they take: an emulator's time says nothing of a Pi's.
# Needs apt and mmdebstrap; nothing is installed on this machine. ROOM=DIR keeps what was fetched for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."

room=${ROOM:-$(mktemp -d "${TMPDIR:-/tmp}/hushward-arm64.XXXXXX")}
leave() { if [ -z "${ROOM:-}" ]; then rm -rf --one-file-system "$room"; fi; }
trap leave EXIT
cannot() { echo "arm64: $1, so the models were not tried on ARM" >&2; exit 1; }
mkdir -p "$room"

# onnxruntime does not load under QEMU 7 of Debian 12; that of Debian 13 runs it.
emulator=$room/usr/bin/qemu-aarch64
if [ ! -x "$emulator" ]; then
    echo "== the emulator"
    mkdir -p "$room/lists/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" >"$room/trixie.list"
    trixie=(-q -o "Dir::Etc::sourcelist=$room/trixie.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$room/lists"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
    (cd "$room" && apt-get "${trixie[@]}" update && apt-get "${trixie[@]}" download qemu-user && dpkg -x qemu-user_*.deb .) \
        >"$room/apt.log" 2>&1 || cannot "qemu-user of Debian 13 cannot be fetched"
fi

root=$room/debian
if [ ! -x "$root/usr/bin/python3.11" ]; then
    echo "== an ARM Debian, unpacked and not installed: nothing of it has to run for that"
    command -v mmdebstrap >/dev/null || cannot "mmdebstrap is missing (apt install mmdebstrap)"
    mmdebstrap --quiet --variant=extract --architectures=arm64 --include=python3.11,libstdc++6,libgcc-s1 bookworm "$root" \
        || cannot "an ARM Debian cannot be unpacked"
fi

echo "== numpy and onnxruntime for ARM, as locked"
# Only what the models import, each held to its hashes in the lock; the rest of what onnxruntime names is not loaded.
.venv/bin/python -m deploy.lock_files part requirements.lock numpy onnxruntime >"$room/arm64.lock" \
    || cannot "the lock is broken"
.venv/bin/uv pip install --quiet --target "$room/site" --python-platform aarch64-manylinux_2_28 --python-version 3.11 \
    --only-binary :all: --no-deps --require-hashes -r "$room/arm64.lock" \
    || cannot "the packages for ARM cannot be fetched, or are not the ones that were locked"

echo "== the same inputs here and there"
on_arm() {
    QEMU_LD_PREFIX=$root PYTHONHOME=$root/usr PYTHONPATH=$room/site:. PYTHONDONTWRITEBYTECODE=1 OPENBLAS_NUM_THREADS=1 \
        "$emulator" -L "$root" "$root/usr/bin/python3.11" -m deploy.arm64_answers "$@"
}
.venv/bin/python -m deploy.arm64_answers inputs "$room/inputs.npz"
.venv/bin/python -m deploy.arm64_answers answer "$room/inputs.npz" "$room/here.npz"
on_arm answer "$room/inputs.npz" "$room/there.npz" || cannot "the models did not answer under emulation"
.venv/bin/python -m deploy.arm64_answers compare "$room/here.npz" "$room/there.npz"
