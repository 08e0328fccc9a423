#!/usr/bin/env bash
# Build the images of a ward, start it with a node of its own, enrol that node, and look at what was promised: it is well,
# nobody is root, nothing of a container can be written, and no layer holds a key. Ends what it started.
#   bash deploy/containers/try.sh [postgres]   with the database beside the console, in place of its own SQLite file;
#                                              PODMAN and BUILD as for build.sh; COMPOSE names the compose command
set -euo pipefail
cd "$(dirname "$0")/../.."

parts=(console broker node)
case ${1:-} in
"") ;;
postgres) parts+=(database) ;;
*) sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
read -ra podman <<<"${PODMAN:-podman}"
read -ra compose <<<"${COMPOSE:-podman-compose}"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
home=$(mktemp -d "${TMPDIR:-/tmp}/hushward-ward.XXXXXX")
export HUSHWARD_HOME=$home HUSHWARD_PORT=${HUSHWARD_PORT:-18443} HUSHWARD_BROKER_PORT=${HUSHWARD_BROKER_PORT:-18883}
stop() { echo "containers: $1" >&2; exit 1; }
ward() { "${compose[@]}" -p hushward -f deploy/containers/compose.yaml "$@"; }
leave() {
    COMPOSE_PROFILES=demonstration,postgres ward down >/dev/null 2>&1 || true
    rm -rf "$home"
}
# One command in the console's image, with the ward's folder, as the account that everything belongs to.
hushward() {
    "${podman[@]}" run --rm --user 801:801 --read-only --network none --no-healthcheck --ulimit nofile=4096:4096 \
        --ulimit nproc=512:512 -v "$home:/srv/hushward" "localhost/hushward-console:$version" hushward "$@"
}
until_true() {
    local what=$1 tries
    shift
    for ((tries = 0; tries < 90; tries++)); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 1
    done
    ward logs 2>&1 | tail -30
    stop "$what did not come to be within 90 s"
}
well() { "${podman[@]}" healthcheck run "hushward-$1"; }

with_database() { [[ " ${parts[*]} " == *" database "* ]]; }

for one in console broker node database; do
    if "${podman[@]}" container exists "hushward-$one"; then stop "a ward is here already (podman ps -a); nothing was done"; fi
done
trap leave EXIT
[ "${BUILT:-}" = yes ] || bash deploy/containers/build.sh "${parts[@]}"

echo "== the ward's authority, certificates and settings"
mkdir "$home"/{authority,console,node,settings,papers}
chown -R 801:801 "$home"
hushward provision ward /srv/hushward/authority --site trial --ward willow --host broker >/dev/null
hushward console cert --host localhost --out /srv/hushward/settings/certs >/dev/null
cp "$home"/authority/{ca,console}.pem "$home/authority/console.key" "$home/settings/"
cat >"$home/settings/console.toml" <<SETTINGS
site = "trial"
ward = "willow"
data_dir = "/srv/hushward/console"
host = "0.0.0.0"
port = 8443
public_names = ["localhost", "127.0.0.1"]
tls_certificate = "/srv/hushward/settings/certs/console.pem"
tls_key = "/srv/hushward/settings/certs/console.key"

[broker]
host = "broker"
port = 8883
ca_file = "/srv/hushward/settings/ca.pem"
certificate_file = "/srv/hushward/settings/console.pem"
key_file = "/srv/hushward/settings/console.key"
SETTINGS
if with_database; then
    mkdir "$home/database"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    (umask 077 && echo "$password" >"$home/settings/database-password" &&
        echo "database:5432:hushward:hushward:$password" >"$home/settings/pgpass")
    sed -i '1i database_url = "postgresql+psycopg://hushward@database/hushward"' "$home/settings/console.toml"
    chown 801:801 "$home/database"
fi
chown -R 801:801 "$home/settings"

if with_database; then
    echo "== the database"
    ward up -d database >"$home/compose.log" 2>&1 || { cat "$home/compose.log" >&2; stop "the database does not start"; }
    until_true "a database that is well" well database
fi
echo "== broker and console"
ward up -d broker console >"$home/compose.log" 2>&1 || { cat "$home/compose.log" >&2; stop "the ward does not start"; }
until_true "a console that is well" well console
until_true "a broker that is well" well broker
until_true "the console's own key" test -s "$home/console/keys/lease.pub"

echo "== a node, enrolled as any other is"
hushward provision console-key /srv/hushward/authority "$(cat "$home/console/keys/lease.pub")" >/dev/null
hushward provision ask /srv/hushward/node --site trial --ward willow --node node1 --out /srv/hushward/papers >/dev/null
hushward provision sign /srv/hushward/authority /srv/hushward/papers/node1.request.json >/dev/null
hushward provision take /srv/hushward/node /srv/hushward/papers/node1.answer.json --config /srv/hushward/settings/node.toml >/dev/null
sed -i 's/"evaluation"/"demonstration"/' "$home/settings/node.toml"
ward restart broker >/dev/null 2>&1
# Naming a service of a profile is asking for the profile.
ward up -d node >"$home/compose.log" 2>&1 || { cat "$home/compose.log" >&2; stop "the node does not start"; }
knows_node() { "${podman[@]}" logs hushward-broker 2>&1 | grep "as node1 "; }
until_true "the node's session at the broker, under its own certificate" knows_node

echo "== what was promised"
for one in "${parts[@]}"; do
    name=hushward-$one
    [ "$("${podman[@]}" exec "$name" id -u)" = 801 ] || stop "$one runs as another account than 801"
    if "${podman[@]}" exec "$name" sh -c 'echo x > /opt/x || echo x > /usr/x || echo x > /etc/x' 2>/dev/null; then
        stop "$one can write into its own image"
    fi
    caps=$("${podman[@]}" exec "$name" grep CapEff /proc/1/status | tr -d '[:space:]')
    [ "$caps" = CapEff:0000000000000000 ] || stop "$one has rights that it needs not: $caps"
    found=$("${podman[@]}" run --rm --user 0 --network none --no-healthcheck --ulimit nofile=4096:4096 --ulimit nproc=512:512 \
        "localhost/hushward-$one:$version" grep -rIlE --exclude-dir=proc --exclude-dir=sys \
        -e '^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----' /opt /etc /srv /root /home /var /usr/local 2>/dev/null || true)
    [ -z "$found" ] || stop "a layer of $one holds a private key: $found"
    echo "   $one: account 801, its own files cannot be written, no rights, no key in a layer"
done
console_ready() { "${podman[@]}" exec hushward-console python deploy/containers/healthz.py https://127.0.0.1:8443/readyz; }
until_true "a console that is ready" console_ready
if with_database; then
    echo "== the console's records are in the database, and it comes back to it"
    entries() { "${podman[@]}" exec hushward-database psql -h /run/hushward -U hushward -Atc 'SELECT count(*) FROM audit_entries'; }
    before=$(entries)
    [ "$before" -gt 0 ] || stop "the console has written nothing into the database"
    [ ! -e "$home/console/console.db" ] || stop "the console keeps a file of its own beside the database"
    if "${podman[@]}" exec hushward-console grep -rqs -e "$password" /proc/1/environ /proc/1/cmdline; then
        stop "the password of the database stands among the console's arguments or variables"
    fi
    "${podman[@]}" restart --time 10 hushward-database >/dev/null
    until_true "a database that is well again" well database
    until_true "a console that is ready again" console_ready
    [ "$(entries)" -ge "$before" ] || stop "the database has lost what it held"
    "${podman[@]}" restart --time 20 hushward-console >/dev/null
    until_true "a console that starts on what it has written there" console_ready
    echo "   $(entries) entries of the audit log, and the console's own check of them at its start"
fi
echo "containers: a ward of ${parts[*]} ran, and was well"
