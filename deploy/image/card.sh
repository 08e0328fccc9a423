#!/usr/bin/env bash
# Write a root as the image of a memory card: a FAT part that a Raspberry Pi starts from, and an ext4 part with the rest.
#   bash deploy/image/card.sh ROOT FILE          needs sfdisk, mkfs.vfat, mtools and mke2fs; no loop device
set -euo pipefail

root=$1 file=$2
for one in sfdisk mkfs.vfat mcopy mke2fs; do
    command -v "$one" >/dev/null || { echo "card: $one is missing; apt install fdisk dosfstools mtools e2fsprogs" >&2; exit 1; }
done
mib=$((1024 * 1024)) boot_mib=256
root_mib=$(($(du -sm --one-file-system "$root" | cut -f1) * 5 / 4 + 512))
work=$(mktemp -d "${TMPDIR:-/tmp}/hushward-card.XXXXXX")
trap 'rm -rf "$work"' EXIT

printf 'LABEL=HUSHROOT / ext4 defaults,noatime,errors=remount-ro 0 1\nLABEL=HUSHBOOT /boot/firmware vfat ro,umask=0077 0 2\ntmpfs /tmp tmpfs size=64m,mode=1777 0 0\n' >"$root/etc/fstab"
if [ -d "$root/boot/firmware" ]; then
    # The maker's package finds out where the root is; in an image it is where the label says.
    sed -i 's#root=[^ ]*#root=LABEL=HUSHROOT#' "$root/boot/firmware/cmdline.txt" 2>/dev/null || true
fi
mkfs.vfat -n HUSHBOOT -C "$work/boot.img" $((boot_mib * 1024)) >/dev/null
if [ -n "$(ls -A "$root/boot/firmware" 2>/dev/null)" ]; then mcopy -s -i "$work/boot.img" "$root"/boot/firmware/* ::; fi
mke2fs -q -t ext4 -L HUSHROOT -d "$root" "$work/root.img" "${root_mib}M"

truncate -s $(((1 + boot_mib + root_mib + 1) * mib)) "$file"
printf 'label: dos\nstart=1MiB, size=%sMiB, type=c, bootable\nstart=%sMiB, size=%sMiB, type=83\n' \
    "$boot_mib" $((1 + boot_mib)) "$root_mib" | sfdisk -q "$file"
dd if="$work/boot.img" of="$file" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$work/root.img" of="$file" bs=1M seek=$((1 + boot_mib)) conv=notrunc,sparse status=none
echo "card: $file, $(($(stat -c %s "$file") / mib)) MiB; write it with Raspberry Pi Imager, or dd"
