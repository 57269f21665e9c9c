#!/bin/sh
# What the tests need beyond Python: a Chromium and the programs of PostgreSQL, from the system's packages.
set -eu

has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
has_postgres() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

wanted=""
has_chromium || wanted="$wanted chromium"
has_postgres || wanted="$wanted postgresql"
[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests of the browser and of PostgreSQL need:$wanted. Install them with your system's package manager; without them those tests are skipped." >&2
  exit 0
fi
if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo -n"; else
  echo "The tests of the browser and of PostgreSQL need:$wanted. Run: sudo apt-get install$wanted; without them those tests are skipped." >&2
  exit 0
fi
echo "Installing$wanted from the system's packages ..."
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq
$as apt-get install -y -qq --no-install-recommends $wanted >/dev/null
