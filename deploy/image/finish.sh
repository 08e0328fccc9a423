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
rm -rf /usr/src/hushward /root/.cache /var/cache/apt/archives/*.deb
