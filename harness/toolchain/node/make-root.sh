#!/bin/sh
# Makes the root file system of a node: Debian's packages in $ROOT, over them what kind puts there, what is ours, and
# the programs of Kubernetes. Runs as root, in a mount namespace of its own.
set -eu

: "${ROOT:?}" "${KIND_FILES:?}" "${OWN_FILES:?}" "${KUBE:?}" "${KUBERNETES_VERSION:?}"

mkdir -p "$ROOT/kind/images" "$ROOT/etc/kubernetes/manifests" "$ROOT/opt/cni/bin"
for files in "$KIND_FILES" "$OWN_FILES"; do
  tar -C "$files" --owner=0 --group=0 --mode=u=rwX,go=rX -cf - . | tar -C "$ROOT" --keep-directory-symlink -xf -
done
chmod 755 "$ROOT"/kind/bin/* "$ROOT"/usr/local/bin/*

# Programs of Debian where kind's files look for them.
for name in containerd containerd-shim-runc-v2 ctr; do ln -sf "/usr/bin/$name" "$ROOT/usr/local/bin/$name"; done
for name in host-local loopback ptp portmap; do ln -sf "/usr/lib/cni/$name" "$ROOT/opt/cni/bin/$name"; done
ln -sf /lib/systemd/systemd "$ROOT/sbin/init"
install -m 755 "$KUBE" "$ROOT/usr/bin/kube"
for name in kubeadm kubectl kubelet; do ln -sf kube "$ROOT/usr/bin/$name"; done
printf 'v%s' "$KUBERNETES_VERSION" >"$ROOT/kind/version"

# Of systemd's services a node runs those alone that kind enables.
rm -f "$ROOT"/etc/systemd/system/*.wants/* \
  "$ROOT"/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service \
  "$ROOT"/lib/systemd/system/multi-user.target.wants/* \
  "$ROOT"/lib/systemd/system/local-fs.target.wants/* \
  "$ROOT"/lib/systemd/system/basic.target.wants/* \
  "$ROOT"/lib/systemd/system/sockets.target.wants/*udev* \
  "$ROOT"/lib/systemd/system/sockets.target.wants/*initctl* \
  "$ROOT"/lib/systemd/system/containerd.service
echo 'ReadKMsg=no' >>"$ROOT/etc/systemd/journald.conf"
for name in kubelet containerd undo-mount-hacks; do chroot "$ROOT" systemctl --quiet enable "$name.service"; done
chroot "$ROOT" systemctl --quiet mask systemd-binfmt.service

# Every container gets the hook that hides this machine's identity, and no limits of its own.
hook='{"path": "/kind/bin/mount-product-files.sh"}'
chroot "$ROOT" ctr oci spec |
  chroot "$ROOT" jq ".hooks.createContainer += [$hook] | del(.process.rlimits)" >"$ROOT/etc/containerd/cri-base.json"

# Machines on which nobody may lower a process's oom_score_adj, or with the first version of cgroups, will do.
sed -i 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' "$ROOT/etc/containerd/config.toml"
sed -i 's/^KUBELET_EXTRA_ARGS=.*/& --fail-cgroupv1=false/' "$ROOT/etc/default/kubelet"

rm -rf "$ROOT"/var/cache/apt/* "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/log/* "$ROOT"/usr/share/doc/* \
  "$ROOT"/usr/share/man/* "$ROOT"/usr/share/info/* "$ROOT"/usr/share/locale/* "$ROOT"/usr/share/zoneinfo/*
rm -f "$ROOT/etc/machine-id" "$ROOT/etc/hostname" "$ROOT/etc/resolv.conf"
: >"$ROOT/etc/machine-id"
