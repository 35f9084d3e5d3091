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

# Services of the machine under the names and with the files they have on Enterprise Linux. They are
# there but off, as on a template that nobody has configured yet.
mkdir -p /etc/sysconfig
unit=/lib/systemd/system/chrony.service
sed -e '/^Alias=/d' -e '/^ConditionCapability=/d' -e 's#^EnvironmentFile=.*#EnvironmentFile=-/etc/sysconfig/chronyd#' \
  -e 's#\$DAEMON_OPTS#$OPTIONS#' "$unit" > "${unit%/*}/chronyd.service"
rm -f "$unit" /etc/init.d/chrony
# -x: the clock belongs to the host, chronyd only watches it.
echo 'OPTIONS="-F 1 -x"' > /etc/sysconfig/chronyd
rm -f /etc/systemd/zram-generator.conf /etc/modules-load.d/20-zram-generator.conf
find /etc/systemd/system -name 'chrony*' -delete
systemctl disable firewalld.service NetworkManager.service NetworkManager-wait-online.service \
  NetworkManager-dispatcher.service chronyd.service

# swapon and swapoff would act on the host's kernel: these two only keep the node's /proc/swaps.
ln -sf /usr/local/sbin/lab-swap /sbin/swapon
ln -sf /usr/local/sbin/lab-swap /sbin/swapoff
