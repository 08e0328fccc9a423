#!/usr/bin/env bash
# Run PostgreSQL on a folder; make the cluster and the console's own database when it is empty.
#   hushward-database DIR       the password is in the mounted file /run/secrets/database-password
set -euo pipefail

place=$1
sockets=/run/hushward
if [ ! -s "$place/PG_VERSION" ]; then
    initdb --pgdata="$place" --username=hushward --pwfile=/run/secrets/database-password \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums >/dev/null
    # The local socket lies in this container alone; whoever comes over the network knows the password.
    echo "host hushward hushward all scram-sha-256" >>"$place/pg_hba.conf"
    pg_ctl --pgdata="$place" --options="-k $sockets -h ''" --wait --silent start
    createdb --host="$sockets" --username=hushward hushward
    pg_ctl --pgdata="$place" --wait --silent stop
fi
exec postgres -D "$place" -k "$sockets" -h '*' -c password_encryption=scram-sha-256 -c synchronous_commit=on
