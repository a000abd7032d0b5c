#!/usr/bin/env bash
# 0 when the broker on port $1 counts itself among the live ones. A JVM for every check (kafka-topics.sh) would cost more
# than the broker does, and an open port says nothing: a broker that is still fenced answers, but lists nobody.
set -euo pipefail

exec 3<> "/dev/tcp/127.0.0.1/$1"
# Metadata request, version 1, correlation id 7, client "probe", no topic (protocol guide, "Metadata API").
printf '\x00\x00\x00\x13\x00\x03\x00\x01\x00\x00\x00\x07\x00\x05probe\x00\x00\x00\x00' >&3
# Answer: length, correlation id, number of brokers; four bytes each, the highest first.
read -r -a answer <<< "$(head -c 12 <&3 | od -An -v -tu1 | tr '\n' ' ')"
[ "${#answer[@]}" -eq 12 ] && [ "${answer[7]}" -eq 7 ] && [ "${answer[11]}" -gt 0 ]
