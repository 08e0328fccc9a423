#!/usr/bin/env bash
# Write a root as the image of a memory card: a FAT part that a Raspberry Pi starts from, and an ext4 part with the rest;
# and beside it FILE.contents, a line for each file with its rights and its hash, so that two cards can be compared.
#   bash deploy/image/card.sh ROOT FILE          needs root, sfdisk, mkfs.vfat, mtools and mke2fs; no loop device
# SOURCE_DATE_EPOCH, in seconds, is the newest time that a file of it may bear.
set -euo pipefail
export LC_ALL=C TZ=UTC

root=$1 file=$2
epoch=${SOURCE_DATE_EPOCH:-$(date +%s)}
export SOURCE_DATE_EPOCH=$epoch E2FSPROGS_FAKE_TIME=$epoch MTOOLS_SKIP_CHECK=1
stop() { echo "card: $1" >&2; exit 1; }
for one in start4.elf fixup4.dat config.txt cmdline.txt bcm2711-rpi-4-b.dtb 'vmlinuz*' 'initrd*'; do
    compgen -G "$root/boot/firmware/$one" >/dev/null || stop "$root/boot/firmware has no $one, so no Raspberry Pi 4 starts from it"
done
for one in sfdisk mkfs.vfat mcopy mke2fs; do
    command -v "$one" >/dev/null || stop "$one is missing; apt install fdisk dosfstools mtools e2fsprogs"
done
mib=$((1024 * 1024)) boot_mib=256
work=$(mktemp -d "${TMPDIR:-/tmp}/hushward-card.XXXXXX")
view=$work/view
leave() {
    umount "$view" 2>/dev/null || true
    rm -rf --one-file-system "$work"
}
trap leave EXIT

printf 'LABEL=HUSHROOT / ext4 defaults,noatime,errors=remount-ro 0 1\nLABEL=HUSHBOOT /boot/firmware vfat ro,umask=0077 0 2\ntmpfs /tmp tmpfs size=64m,mode=1777 0 0\n' >"$root/etc/fstab"
# The maker's package finds out where the root is; in an image it is where the label says.
sed -i 's#root=[^ ]*#root=LABEL=HUSHROOT#' "$root/boot/firmware/cmdline.txt"

# Seen without what is mounted in it while it is built: this machine's own devices and processes are no part of a card.
mkdir "$view"
mount --bind "$root" "$view"
rm -rf "$view"/run/* "$view"/tmp/* "$view"/proc/* "$view"/sys/*
find "$view" -newermt "@$epoch" -exec touch --no-dereference --date="@$epoch" {} +

# One number for everything that would otherwise be drawn by lot: two cards of one release bear the same.
number=$(printf 'hushward %s' "$epoch" | sha256sum)
uuid=${number:0:8}-${number:8:4}-4${number:13:3}-8${number:17:3}-${number:20:12}
mkfs.vfat --invariant -i "${number:0:8}" -n HUSHBOOT -C "$work/boot.img" $((boot_mib * 1024)) >/dev/null
mapfile -d '' -t starts < <(find "$view/boot/firmware" -mindepth 1 -maxdepth 1 -print0 | sort -z)
mcopy -s -m -i "$work/boot.img" "${starts[@]}" ::
root_mib=$(($(du -sm "$view" | cut -f1) * 5 / 4 + 512))
mke2fs -q -t ext4 -L HUSHROOT -U "$uuid" -E "hash_seed=$uuid,lazy_itable_init=0" -d "$view" "$work/root.img" "${root_mib}M"

truncate -s 0 "$file"
truncate -s $(((1 + boot_mib + root_mib + 1) * mib)) "$file"
printf 'label: dos\nlabel-id: 0x%s\nstart=1MiB, size=%sMiB, type=c, bootable\nstart=%sMiB, size=%sMiB, type=83\n' \
    "${number:0:8}" "$boot_mib" $((1 + boot_mib)) "$root_mib" | sfdisk -q "$file"
dd if="$work/boot.img" of="$file" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$work/root.img" of="$file" bs=1M seek=$((1 + boot_mib)) conv=notrunc,sparse status=none

(
    cd "$view"
    find . -type f -printf '%m %U:%G ' -exec sha256sum {} \; | sort -k 4
    find . ! -type f -printf '%m %U:%G %y %p %l\n' | sort -k 4
) >"$file.contents"
echo "card: $file, $(($(stat -c %s "$file") / mib)) MiB; write it with Raspberry Pi Imager, or dd"
echo "card: $file.contents names $(wc -l <"$file.contents") files and folders; its SHA-256 begins $(sha256sum "$file.contents" | cut -c 1-16)"
