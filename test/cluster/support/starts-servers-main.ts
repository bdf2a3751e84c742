import { startPostgres } from '../../support/postgres-server.ts';
import { startRedis } from '../../support/redis-server.ts';

// Starts servers, says which, and waits to be killed.
const servers = await Promise.all([startRedis(), startPostgres()]);
process.stdout.write(`${JSON.stringify(servers.map(({ pid }) => pid))}\n`);
setInterval(() => {}, 60_000);
