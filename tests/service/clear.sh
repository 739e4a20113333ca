#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Removes the control groups of a booted systemd that has ended, and of earlier ones whose test was killed.
#   unshare --mount --propagation private clear.sh FOLDER PID
set -euo pipefail
mkdir -p "$1/cgroup"
mount -t cgroup2 none "$1/cgroup"
cd "$1/cgroup"
for group in bulwark-test.*; do
  pid=${group#*.}
  [[ -d $group && ($pid == "$2" || ! -d /proc/$pid) ]] || continue
  for _ in {1..100}; do  # its processes are a moment behind the one that was killed
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [[ -d $group ]] || break
    sleep 0.1
  done
done
