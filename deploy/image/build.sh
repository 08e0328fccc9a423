#!/usr/bin/env bash
# Make the memory card of a node: Debian for 64-bit ARM with the node installed as a service, and its first start waiting.
#   sudo bash deploy/image/build.sh check         the root alone, with the doctor and all models asked in it, emulated
#   sudo bash deploy/image/build.sh card FILE     the same as an image of a card for a Raspberry Pi 4
# No key, no password and no address is in it: the first start makes and asks them, on the machine itself. For another
# machine, and for a Raspberry Pi 5, install its maker's own system (64 bit) and run `bash deploy/install.sh node` there.
# Needs root, mmdebstrap, and on another processor an emulator that the kernel knows; ROOM=DIR keeps the root.
set -euo pipefail
cd "$(dirname "$0")/../.."

what=${1:-check} card=${2:-}
room=${ROOM:-$(mktemp -d "${TMPDIR:-/tmp}/hushward-image.XXXXXX")}
root=$room/root suite=bookworm
packages=systemd,systemd-sysv,systemd-timesyncd,dbus,udev,iproute2,openssh-server,python3,python3-venv,ca-certificates,libgl1,libglib2.0-0
components=main
stop() { echo "image: $1" >&2; exit 1; }
# The newest time that a file of it bears, and byte code and start files by it: two builds of one commit are alike.
epoch=$(git log -1 --format=%ct HEAD)
registered=/proc/sys/fs/binfmt_misc/hushward-aarch64

case $what in
check) ;;
card) [ -n "$card" ] || stop "say where the card's image goes: card FILE"; packages+=,linux-image-arm64,raspi-firmware; components=main,non-free-firmware ;;
*) sed -n '2,8p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || stop "needs root; run: sudo bash deploy/image/build.sh $what"
command -v mmdebstrap >/dev/null || stop "mmdebstrap is missing; apt install mmdebstrap"

release_root() {
    umount -R -l "$root/dev" 2>/dev/null || true
    umount -l "$root/proc" 2>/dev/null || true
}
leave() {
    release_root
    if [ -e "$registered" ]; then echo -1 >"$registered"; fi
    if [ -z "${ROOM:-}" ]; then rm -rf --one-file-system "$room"; fi
}
trap leave EXIT

if [ "$(uname -m)" != aarch64 ] && ! grep -qs aarch64 /proc/sys/fs/binfmt_misc/*; then
    emulator=${QEMU:-$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)}
    [ -n "$emulator" ] || stop "an emulator is missing: apt install qemu-user-static (Debian 13: qemu-user), or name it in QEMU"
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc \
        || stop "this kernel starts no programs of another processor (binfmt_misc)"
    # How an ARM program begins (the ELF header's class, order and machine 183), and that the emulator is opened once, here.
    printf ':hushward-aarch64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:%s:F\n' \
        "$emulator" >/proc/sys/fs/binfmt_misc/register
fi

if [ ! -x "$root/usr/bin/python3" ]; then
    echo "== Debian $suite for ARM"
    rm -rf "$root"
    SOURCE_DATE_EPOCH=$epoch mmdebstrap --quiet --variant=minbase --skip=check/qemu --architectures=arm64 --include="$packages" --components="$components" "$suite" "$root" \
        || stop "Debian for ARM could not be put together"
fi

echo "== the node, as on any machine"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# A folder with this machine's own package settings, such as a proxy's certificates, for the time of the installation;
# INSIDE names the variables that point to it there, in /run/package-settings.
if [ -n "${PACKAGE_SETTINGS:-}" ]; then cp -rL "$PACKAGE_SETTINGS" "$root/run/package-settings"; fi
mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"
mount -t proc proc "$root/proc"
rm -rf "$root/usr/src/hushward" && mkdir -p "$root/usr/src/hushward"
git archive HEAD | tar -x -C "$root/usr/src/hushward"
inside() { chroot "$root" env -i SOURCE_DATE_EPOCH="$epoch" PYTHONDONTWRITEBYTECODE=1 HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin ${INSIDE:-} "$@"; }
inside bash /usr/src/hushward/deploy/install.sh node
# Once more from what is installed, as a first start does it, with no checkout and nothing to fetch.
inside bash /opt/hushward/current/deploy/install.sh node
inside bash /opt/hushward/current/deploy/image/finish.sh
rm -rf "$root/run/package-settings"

echo "== the doctor, on ARM"
inside /opt/hushward/current/.venv/bin/hushward --version
inside /opt/hushward/current/.venv/bin/hushward doctor --node /dev/null || true
echo "== every model, on ARM and here"
inside bash -c "cd /opt/hushward/current && .venv/bin/python -m deploy.arm64_answers inputs /tmp/inputs.npz \
    && .venv/bin/python -m deploy.arm64_answers answer /tmp/inputs.npz /tmp/there.npz"
.venv/bin/python -m deploy.arm64_answers answer "$root/tmp/inputs.npz" "$room/here.npz"
.venv/bin/python -m deploy.arm64_answers compare "$room/here.npz" "$root/tmp/there.npz"
rm -f "$root"/tmp/*.npz
release_root
bash deploy/image/search.sh "$root"
if [ "$what" = card ]; then SOURCE_DATE_EPOCH=$epoch bash deploy/image/card.sh "$root" "$card"; fi
echo "image: done ($what)"
