#!/bin/sh
# Puts the images of archives into the containerd of the node in $ROOT, as they are: unpacked they would be copied with
# every node. Runs as root, in mount and process namespaces of its own.
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
  chroot "$ROOT" ctr --namespace=k8s.io images import --all-platforms --no-unpack --digests - <"$archive"
done
kill "$containerd"
wait "$containerd" || true
