#!/bin/sh
# Runs inside the node's new root file system (chroot), after its packages are installed.
set -eu

# dnf's package in Debian leaves apt unhappy once.
apt-get install --yes --fix-broken

printf 'PLATFORM_ID="platform:el9"\n' >> /usr/lib/os-release
mkdir -p /etc/yum.repos.d /etc/pki/rpm-gpg /lib/modules /opt/cni /etc/containerd/conf.d
rm -f /etc/yum.repos.d/*
rpm --initdb

useradd --create-home --shell /bin/bash kubernetesadmin
install -d -m 0700 -o kubernetesadmin -g kubernetesadmin /home/kubernetesadmin/.ssh
chmod 0440 /etc/sudoers.d/kubernetesadmin

# The journal shall outlive a power loss.
mkdir -p /var/log/journal
: > /etc/default/locale

# Every node makes its own identity.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
: > /etc/machine-id

# Kernel settings of the distribution are for a machine that has a kernel of its own.
rm -f /usr/lib/sysctl.d/* /etc/sysctl.d/* /etc/sysctl.conf

systemctl enable ssh.service lab-own-cgroups.service
systemctl set-default multi-user.target
# Units that would reach for the host: terminals, power keys, clocks, modules, kernel file systems.
systemctl mask \
  getty.target getty@.service autovt@.service serial-getty@.service console-getty.service \
  getty-static.service systemd-logind.service systemd-modules-load.service modprobe@.service \
  run-rpc_pipefs.mount proc-fs-nfsd.mount proc-sys-fs-binfmt_misc.automount \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-kernel-config.mount sys-fs-fuse-connections.mount systemd-pstore.service \
  systemd-udevd.service systemd-udev-trigger.service systemd-rfkill.service \
  systemd-timesyncd.service systemd-ask-password-console.path systemd-ask-password-wall.path \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
  dnf-makecache.timer systemd-firstboot.service systemd-quotacheck.service \
  systemd-network-generator.service
