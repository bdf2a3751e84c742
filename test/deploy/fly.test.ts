import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { variablesOf } from './variables.ts';

const FOLDER = join(REPOSITORY, 'deploy/fly');
const group = z.array(z.enum(['gateway', 'frontends', 'worker'])).min(1);
const check = { grace_period: z.string(), interval: z.string(), timeout: z.string(), method: z.literal('GET') };

/** The parts of Fly's configuration that are used, and nothing else. */
const FlySchema = z.strictObject({
	app: z.string(),
	primary_region: z.string().length(3),
	kill_signal: z.literal('SIGTERM'),
	kill_timeout: z.string().regex(/^\d+s$/),
	build: z.strictObject({ dockerfile: z.string() }),
	env: z.record(z.string(), z.string()),
	processes: z.strictObject({ gateway: z.string(), frontends: z.string(), worker: z.string() }),
	deploy: z.strictObject({ strategy: z.literal('rolling'), max_unavailable: z.int() }),
	http_service: z.strictObject({
		processes: group,
		internal_port: z.literal(3000),
		force_https: z.literal(true),
		auto_stop_machines: z.literal('off'),
		auto_start_machines: z.boolean(),
		min_machines_running: z.int().min(2),
		concurrency: z.strictObject({ type: z.literal('connections'), soft_limit: z.int(), hard_limit: z.int() }),
		checks: z.array(z.strictObject({ ...check, path: z.literal('/readyz') })).length(1),
	}),
	checks: z.strictObject({
		alive: z.strictObject({
			...check,
			...{ processes: group, type: z.literal('http'), port: z.literal(3000), path: z.literal('/healthz') },
		}),
	}),
	vm: z.array(z.strictObject({ processes: group, size: z.string(), memory: z.string().regex(/^\d+[mg]b$/) })),
});

it('the Fly configuration starts programs that are there, with variables they read and a machine for each role', () => {
	const fly = FlySchema.parse(parse(readFileSync(join(FOLDER, 'fly.toml'), 'utf8')));
	expect(existsSync(join(FOLDER, fly.build.dockerfile))).toBe(true);
	for (const command of Object.values(fly.processes)) {
		expect(existsSync(join(REPOSITORY, /node (\S+\.ts)/.exec(command)?.[1] ?? '?'))).toBe(true);
	}
	expect(fly.processes.worker).toContain('env -u DATABASE_URL');
	expect(Object.keys(fly.env).filter((name) => !variablesOf('gateway').has(name))).toEqual([]);
	expect(fly.vm.flatMap(({ processes }) => processes).toSorted()).toEqual(Object.keys(fly.processes).toSorted());
});
