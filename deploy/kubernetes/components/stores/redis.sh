#!/bin/sh
# Starts Redis with a user of its own for workers, under the rules of packages/core/src/adapters/redis/worker-acl.ts.
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
	--user worker on ">$REDIS_WORKER_PASSWORD" \
	resetkeys resetchannels -@all +@read +@write +@blocking +@connection +@transaction -@dangerous +publish \
	+subscribe +unsubscribe +eval +evalsha '+script|load' +time +info '+cluster|slots' -scan -randomkey -dbsize -function -fcall \
	"~{$cluster:marker}" "~{$cluster:workers}:alive" "~{$cluster:workers}:told" "~{$cluster:workers}:changes" \
	"~{$cluster:workers}:gone" "~{$cluster:workers}:state" "~{$cluster:workers}:orders:*" \
	"~{$cluster:workers}:declared:*" "~{$cluster:programs}" "~{$cluster:program:*}:*" "~{$cluster:program-answers:*}" \
	"~{$cluster:sessions}:places" "~{$cluster:sessions}:holder:*" "~{$cluster:sessions}:closing:*" \
	"~{$cluster:sessions}:state:*" "~{$cluster:q:*}*" "~{$cluster:nudge:*}" "%R~{$cluster:services}:alive" \
	"%R~{$cluster:services}:offers" "%W~{$cluster:outcomes}" \
	"%W~{$cluster:outcomes:*}" "&$cluster:task:*" "&$cluster:answers:*" "&$cluster:orders:*" "&$cluster:cancels" \
	"&$cluster:workers" "&$cluster:services" "&$cluster:programs" "&$cluster:service-calls:models:*" "&$cluster:service-answers:models:*" \
	"$@"
