#!/bin/sh
# Puts the images of archives into the containerd of the node in $ROOT, ready to be run. Runs as root, in mount and
# process namespaces of its own.
set -eu

: "${ROOT:?}"

mount -t proc proc "$ROOT/proc"
mount -t tmpfs tmpfs "$ROOT/run"
printf 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' >"$ROOT/run/containerd.toml"
chroot "$ROOT" containerd --config /run/containerd.toml --log-level warn &
containerd=$!
until chroot "$ROOT" ctr version >/dev/null 2>&1; do
  kill -0 "$containerd"
  sleep 0.1
done
for archive in "$@"; do
  chroot "$ROOT" ctr --namespace=k8s.io images import --all-platforms --digests --snapshotter overlayfs - <"$archive"
done
kill "$containerd"
wait "$containerd" || true

# Every node gets a copy of /var, and its containers would each unpack what is not there. So the files are elsewhere in
# the image, which no node copies, and containerd finds them by links.
mkdir "$ROOT/kind/snapshots"
for snapshot in "$ROOT"/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/*; do
  number=${snapshot##*/}
  mv "$snapshot/fs" "$ROOT/kind/snapshots/$number"
  ln -s "/kind/snapshots/$number" "$snapshot/fs"
  kube="$ROOT/kind/snapshots/$number/usr/local/bin/kube"
  if [ -f "$kube" ]; then ln -f "$ROOT/usr/bin/kube" "$kube"; fi
done
