#!/usr/bin/env bash
# The last steps inside the root of a card: nothing that is the same on two machines, no way in but a key, no swap.
set -euo pipefail

install -m 0644 /opt/hushward/current/deploy/units/hushward-first-boot.service /etc/systemd/system/
systemctl enable hushward-first-boot.service systemd-timesyncd.service systemd-networkd.service ssh.service
# Without an enrolment there is no node to start; the first start starts it.
systemctl disable hushward-node.service 2>/dev/null || true
printf '[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n' >/etc/systemd/network/20-cable.network
# Made anew on each machine when it starts: two cards from one image would otherwise share them.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
printf 'uninitialized\n' >/etc/machine-id
install -d /etc/ssh/sshd_config.d
printf 'PasswordAuthentication no\nPermitRootLogin prohibit-password\n' >/etc/ssh/sshd_config.d/hushward.conf
printf '[Service]\nExecStartPre=/usr/bin/ssh-keygen -A\n' | install -D -m 0644 /dev/stdin /etc/systemd/system/ssh.service.d/keys.conf
passwd --lock root >/dev/null
# Nothing of a memory reaches the card (rule K2); the journal is kept small, for cards wear out.
install -d /etc/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\n' >/etc/systemd/journald.conf.d/hushward.conf
printf 'kernel.core_pattern=|/bin/false\n' >/etc/sysctl.d/60-hushward.conf
# No name and no name server of the machine that built this: a broker or a time server that is known by a name needs one.
printf 'hushward-node\n' >/etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 hushward-node\n::1 localhost ip6-localhost ip6-loopback\n' >/etc/hosts
rm -f /etc/resolv.conf
printf '# nameserver 192.168.1.1     only where the broker or the time server is known by a name and not by its address\n' >/etc/resolv.conf
# Traces of the building, which are the same in no two builds; byte code comes again with the first start.
find /var/log /var/lib/apt/lists /tmp -type f -delete
rm -rf /usr/src/hushward /root/.cache /root/.npm /var/cache/apt/* /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old \
    /var/lib/dpkg/*-old /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid- /var/lib/systemd/random-seed
find /opt/hushward -name __pycache__ -prune -exec rm -rf {} +
