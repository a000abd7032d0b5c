#!/usr/bin/env bash
# The part of the official entrypoint that this project uses: makes the cluster, its superuser with the password from
# POSTGRES_PASSWORD_FILE, and one database, when the volume is empty.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA" && chmod 700 "$PGDATA"
  # shellcheck disable=SC2086 # several arguments in one variable, as the official image has it
  initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust --auth-host=scram-sha-256 \
    ${POSTGRES_INITDB_ARGS:-}
  printf "host all all all scram-sha-256\n" >> "$PGDATA/pg_hba.conf"
  # On the socket only, so that a probe over TCP does not take this server for the real one.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \"$POSTGRES_DB\""
  pg_ctl -D "$PGDATA" -m fast -w stop
fi

exec "$@" -c listen_addresses='*'
