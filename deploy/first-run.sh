#!/bin/sh
# Makes what `docker compose up` needs and no repository may hold: the secrets in .secrets/, the accounts file, and .env,
# which says where they are. Never overwrites anything, so it may run again; a secret that is lost cannot be made again.
#
#   sh deploy/first-run.sh
set -eu
cd "$(dirname "$0")/.."
umask 077

random_hex() {
  od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'
}

# make <file> <text>. The folder is closed to other users of the host; the file itself is readable, because the programs
# in the containers run under numbers of their own and see the file without its folder.
make() {
  [ -e ".secrets/$1" ] && return 0
  printf '%s\n' "$2" > ".secrets/$1"
  chmod 444 ".secrets/$1"
  echo "made .secrets/$1"
}

mkdir -p .secrets config
make postgres_password "$(random_hex 24)"
make database_url "postgresql://omniline:$(cat .secrets/postgres_password)@postgres:5432/omniline"
make omniline_secret "$(random_hex 32)"
make omniline_api_key "$(random_hex 24)"

if [ ! -e .secrets/accounts.env ]; then
  echo '# Values for ${NAME} in config/accounts.yaml, one NAME=value a line; read by docker compose on the host.' \
    > .secrets/accounts.env
  echo 'made .secrets/accounts.env'
fi
if [ ! -e config/accounts.yaml ]; then
  printf '%s\n' '# See accounts.example.yaml.' 'accounts: []' > config/accounts.yaml
  chmod 644 config/accounts.yaml
  echo 'made config/accounts.yaml, without any account yet'
fi
if ! grep -q '^OMNILINE_SECRETS=' .env 2> /dev/null; then
  echo 'OMNILINE_SECRETS=./.secrets' >> .env
  echo 'wrote OMNILINE_SECRETS to .env'
fi
