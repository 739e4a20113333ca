#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Boots a systemd of its own over a copy of this machine's files that lasts as long as it: PID 1 of a pid namespace. Its
# units are those of FOLDER/units alone, and it can write neither this machine's files nor its kernel's settings.
#   unshare --mount --propagation private --pid --fork --uts --ipc --net --kill-child boot.sh FOLDER CGROUP
set -euo pipefail
folder=$1 cgroup=$2 root=$1/root

if [[ ${3:-} != in-its-cgroup ]]; then
  mkdir -p "$folder/cgroup" "$root"
  mount -t cgroup2 none "$folder/cgroup"
  mkdir "$folder/cgroup/$cgroup"
  echo 0 >"$folder/cgroup/$cgroup/cgroup.procs"
  umount "$folder/cgroup"
  exec unshare --cgroup bash "$0" "$folder" "$cgroup" in-its-cgroup
fi

mount -t tmpfs tmpfs "$folder/cgroup"
mkdir "$folder/cgroup/upper" "$folder/cgroup/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/cgroup/upper,workdir=$folder/cgroup/work" "$root"
for place in run tmp dev etc/systemd/system; do mount -t tmpfs tmpfs "$root/$place"; done
cp "$folder"/units/* "$root/etc/systemd/system"
mkdir -p "$root/run/files" "$root/dev/pts" "$root/dev/shm"
mount --bind "$folder/files" "$root/run/files"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts" -o newinstance
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
echo "everything is mounted"
exec chroot "$root" env -i container=test PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  SYSTEMD_UNIT_PATH=/etc/systemd/system /usr/lib/systemd/systemd --system --unit=basic.target --show-status=no
