// Offers a router over an instant model, and an echo, to other processes: `model-service-main.ts <redis url> <cluster>`.
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { RedisServices } from '@errand/core/adapters/redis/redis-services.ts';
import { SqliteModelLedger } from '@errand/core/adapters/sqlite/sqlite-model-ledger.ts';
import { serveModels } from '@errand/core/models/remote/model-service.ts';
import { ModelRouter } from '@errand/core/models/router/model-router.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';

const [, , url = '', cluster = ''] = process.argv;
const log: ILogger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = new SystemClock();
const reply = {
	...{ text: 'Paris is the capital.', toolCalls: [], finish: 'stop' as const, model: 'instant' },
	usage: { tokens: 104, microUsd: 108 },
};
const model = { name: 'instant', contextTokens: 128_000, reply: async () => reply, embed: () => Promise.reject() };
const limits = { concurrency: 64, requestsPerMinute: 1_000_000, tokensPerMinute: 1e12 };
const ledger = new SqliteModelLedger({ path: ':memory:', clock, log });
const router = new ModelRouter({
	models: [
		{
			...{ name: 'p/instant', provider: 'p', limits, tiers: ['small', 'middle', 'large'], rank: 0 },
			...{ price: { input: 1, output: 2 }, images: false, model, probe: async () => {} },
		},
	],
	config: { budgets: { perDayUsd: 1e6, perPersonDayUsd: 1e5 } },
	...{ ledger, clock, log, pinOf: async () => undefined, onHealth: () => {}, secrets: [] },
});
const line = await openRedisLine({ url, cluster, self: 'keys', log });
const services = new RedisServices({ line, clock, log });
await services.start();
services.register('echo', async ({ body }) => body);
serveModels(services, router);
process.stdout.write('listening\n');
