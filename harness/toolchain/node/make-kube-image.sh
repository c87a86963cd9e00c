#!/bin/sh
# Makes in $IMAGE the files of the one image that all pods of a control plane are run from: the programs of Kubernetes,
# CoreDNS, and what kube-proxy starts, with the libraries that needs. Taken from the node in $ROOT.
set -eu

: "${ROOT:?}" "${IMAGE:?}" "${KUBE:?}" "${COREDNS:?}"

mkdir -p "$IMAGE/usr/local/bin" "$IMAGE/usr/sbin" "$IMAGE/etc" "$IMAGE/tmp" "$IMAGE/run" "$IMAGE/var/lib"
install -m 755 "$KUBE" "$IMAGE/usr/local/bin/kube"
install -m 755 "$COREDNS" "$IMAGE/coredns"
for name in etcd kube-apiserver kube-controller-manager kube-proxy kube-scheduler; do
  ln -s kube "$IMAGE/usr/local/bin/$name"
done
for name in xtables-nft-multi nft conntrack; do cp "$ROOT/usr/sbin/$name" "$IMAGE/usr/sbin/"; done
for name in iptables ip6tables; do
  for suffix in '' -save -restore; do ln -s xtables-nft-multi "$IMAGE/usr/sbin/$name$suffix"; done
done

# Those of every extension of iptables too: one that cannot be loaded is told by rules that are not there.
extensions=$(cd "$ROOT" && echo usr/lib/*/xtables)
mkdir -p "$IMAGE/$extensions"
cp "$ROOT/$extensions"/*.so "$IMAGE/$extensions/"
{
  for name in xtables-nft-multi nft conntrack; do chroot "$ROOT" ldd "/usr/sbin/$name"; done
  for file in "$ROOT/$extensions"/*.so; do chroot "$ROOT" ldd "${file#"$ROOT"}"; done
} | grep -o '/[^ :]*' | grep -v /xtables/ | sort -u | while read -r library; do
  mkdir -p "$IMAGE$(dirname "$library")"
  cp -L "$ROOT$library" "$IMAGE$library"
done
echo 'root:x:0:0:root:/root:/' >"$IMAGE/etc/passwd"
echo 'hosts: files dns' >"$IMAGE/etc/nsswitch.conf"
