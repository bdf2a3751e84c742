#!/bin/sh
# Starts Redis with a user of its own for workers, who need no more than the keys and channels of their Errand.
#
# What is queued can be made again from Postgres, so a second that is lost with the machine's power costs a second look,
# not a task: appended every second, which costs next to nothing, instead of with every command. Nothing may be evicted:
# a full Redis refuses, and what was refused is tried again.
set -eu
cluster=${ERRAND_CLUSTER:-errand}
exec redis-server \
	--dir "${REDIS_DIR:-/data}" --appendonly yes --appendfsync everysec --save '' \
	--maxmemory "${REDIS_MAX_MEMORY:-768mb}" --maxmemory-policy noeviction \
	--user default on ">$REDIS_PASSWORD" '~*' '&*' +@all \
	--user worker on ">$REDIS_WORKER_PASSWORD" "~{$cluster:*" resetchannels "&$cluster:*" \
	+@all -@admin -@dangerous +info \
	"$@"
