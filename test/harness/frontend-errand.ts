import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlatformDriver, PlatformPerson, Seen } from '../support/contract/platform-driver.ts';
import { type ErrandProcess, startErrand } from './errand-process.ts';
import { type ModelAsked, startModelStandIn } from './model-stand-in.ts';
import { scriptedMind } from './scripted-mind.ts';

/** FrontendErrand is a server as it ships with a platform beside it, and a model that plans by the book. */
export interface FrontendErrand {
	readonly process: ErrandProcess;
	/** An account that is the owner's. */
	readonly owner: PlatformPerson;
	/** Somebody new whom the owner has let in. */
	member(): Promise<PlatformPerson>;
	/** How often a goal with these words was planned. */
	planned(words: string): number;
	/** SIGKILL. */
	kill(): Promise<void>;
	/** Starts again on the same data. */
	restart(): Promise<void>;
	stop(): Promise<void>;
}

/** The server as it ships, with capabilities that wait and say what they are told. */
const ENTRY = resolve(import.meta.dirname, 'test-gateway.ts');

/** startFrontendErrand starts a server with one platform. */
export async function startFrontendErrand(platform: PlatformDriver): Promise<FrontendErrand> {
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-frontend-'));
	const model = await startModelStandIn(scriptedMind);
	const owner = platform.person();
	const env = { ...model.env, ...platform.env, ERRAND_OWNERS: owner.identity };
	const start = async () => {
		const errand = await startErrand({ dataDir, env, entry: ENTRY });
		await platform.attach(errand.url);
		return errand;
	};
	let process = await start();
	const admit = async (person: PlatformPerson) => {
		await person.say('May I come in?');
		const { text } = await seen(person, ({ text }) => codeIn(text) !== undefined);
		const told = owner.sees().length;
		await owner.command('pair', codeIn(text));
		await soon(() => owner.sees().length > told, 'the owner is told');
		await person.say('Tell me: welcome');
		await seen(person, (one) => one.text.includes('welcome'));
	};
	/** One at a time, so that it is clear about whom the owner is told. */
	let admission: Promise<void> = Promise.resolve();
	return {
		get process() {
			return process;
		},
		owner,
		member: async () => {
			const person = platform.person();
			const admitted = admission.then(() => admit(person));
			admission = admitted.catch(() => undefined);
			await admitted;
			return person;
		},
		planned: (words) => model.asked.filter((one) => plans(one, words)).length,
		kill: () => process.kill(),
		restart: async () => {
			process = await start();
		},
		stop: async () => {
			await process.stop();
			await model.stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** Goals of before stand above the one that is planned. */
function plans({ what, user }: ModelAsked, words: string): boolean {
	return what === 'plan' && user.indexOf(words, user.indexOf('The goal, in the person')) !== -1;
}

/** readiness is what `/readyz` says of each part, of a frontend where it runs. */
export async function readiness(errand: ErrandProcess): Promise<Record<string, { readonly status: string }>> {
	const shown = await Promise.all(errand.parts.map(readinessAt));
	const checks = shown.flatMap((one) => Object.entries(one));
	// Whoever only stands by is heard first, and whoever is not well last.
	const rank = (status: string) => (status === 'standby' ? 0 : status === 'ready' ? 1 : 2);
	return Object.fromEntries(checks.toSorted(([, a], [, b]) => rank(a.status) - rank(b.status)));
}

/** countsAsShown tells whether the metrics of every process count a frontend as up just where its `/readyz` says that it is. */
export async function countsAsShown({ parts, token }: ErrandProcess, frontend: string): Promise<boolean> {
	const agree = parts.map(async (url) => {
		const shown = (await readinessAt(url))[frontend]?.status === 'ready';
		const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
		return (await answer.text()).split('\n').includes(`errand_frontend_up{frontend="${frontend}"} ${shown ? 1 : 0}`);
	});
	return (await Promise.all(agree)).every(Boolean);
}

async function readinessAt(url: string): Promise<Record<string, { readonly status: string }>> {
	const answer = await fetch(`${url}/readyz`);
	return ((await answer.json()) as { checks: Record<string, { status: string }> }).checks;
}

/** codeIn finds the pairing code in what a stranger was told. */
export function codeIn(text: string): string | undefined {
	return /\b[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}\b/.exec(text)?.[0];
}

/** seen resolves with the first message that a person sees and that fits; rejects after a while. */
export async function seen(
	place: Pick<PlatformPerson, 'sees'>,
	fits: (message: Seen) => boolean,
	limitMs = 40_000,
): Promise<Seen> {
	for (const until = Date.now() + limitMs; Date.now() < until; await wait(20)) {
		const found = place.sees().find(fits);
		if (found !== undefined) return found;
	}
	const there = place.sees().map(({ text, buttons }) => ({ text: text.slice(0, 300), buttons }));
	throw new Error(`Not seen in ${limitMs} ms. There is: ${JSON.stringify(there)}`);
}

/** soon resolves once something holds. */
export async function soon(holds: () => boolean | Promise<boolean>, what: string, limitMs = 40_000): Promise<void> {
	for (const until = Date.now() + limitMs; Date.now() < until; await wait(20)) if (await holds()) return;
	throw new Error(`Not in ${limitMs} ms: ${what}`);
}
