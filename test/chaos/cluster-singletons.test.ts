import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, type Member, startCluster } from '../cluster/support/cluster-errand.ts';
import { type OwnPlace, ownPlace } from '../cluster/support/own-place.ts';
import { soon } from '../harness/frontend-errand.ts';
import { type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';
import { eventually } from '../harness/process-tree.ts';
import { scriptedMind } from '../harness/scripted-mind.ts';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { DiscordStandIn } from '../support/discord/discord-stand-in.ts';
import type { Person } from '../support/discord/person.ts';
import { serversMissing } from '../support/servers-missing.ts';
import type { TelegramPerson } from '../support/telegram/telegram-person.ts';
import { TelegramServer } from '../support/telegram/telegram-server.ts';

const PLATFORMS = ['discord', 'telegram'] as const;
type Platform = (typeof PLATFORMS)[number];

/** Two gateways and two processes for frontends, all of which could hold the connections to Discord and Telegram. */
describe.skipIf(serversMissing() !== undefined)('the connections to Discord and Telegram', () => {
	let place: OwnPlace;
	let model: ModelStandIn;
	let telegram: TelegramServer;
	let discord: DiscordStandIn;
	let ann: TelegramPerson;
	let dan: Person;
	let wayOfFrontends: CutProxy;
	let cluster: ClusterErrand;
	beforeAll(async () => {
		[place, model, telegram, discord] = await Promise.all([
			ownPlace(),
			startModelStandIn(scriptedMind),
			TelegramServer.start(),
			DiscordStandIn.start({ limitScale: 20 }),
		]);
		wayOfFrontends = await startCutProxy(place.redisUrl);
		ann = telegram.person();
		dan = discord.person('Dan');
		cluster = await startCluster({
			...{ postgresUrl: place.databaseUrl, redisUrl: place.redisUrl, cluster: place.cluster },
			...{ gateways: 2, frontends: 2, workers: 0 },
			env: {
				...model.env,
				...discord.env,
				TELEGRAM_BOT_TOKEN: telegram.token,
				TELEGRAM_API_URL: telegram.url,
				ERRAND_OWNERS: `${ann.identity},${dan.identity}`,
			},
			envOf: { frontends: { REDIS_URL: wayOfFrontends.url } },
		});
	});
	afterAll(async () => {
		await cluster?.dispose();
		await wayOfFrontends?.close();
		await Promise.all([telegram?.stop(), discord?.stop(), model?.stop()]);
	});

	const said: string[] = [];
	const say = (words: string) => {
		said.push(words);
		ann.say(`Tell me: ${words}`);
		dan.say(dan.dm, `Tell me: ${words}`);
	};
	const timesHeard = (words: string): Record<Platform, number> => ({
		telegram: ann.sees().filter(({ text }) => text.includes(words)).length,
		discord: dan.sees(dan.dm).filter(({ content }) => content.includes(words)).length,
	});
	const heard = async (words: string) => {
		for (const name of PLATFORMS) await soon(() => timesHeard(words)[name] > 0, `${name} answers ${words}`);
	};
	/** How often a process lost a connection to another one, by no kill. */
	const leasesLost = (kind?: 'gateway') =>
		cluster
			.members(kind)
			.map((member) => member.output().split('"lease lost"').length - 1)
			.reduce((sum, count) => sum + count, 0);
	let lostBefore = 0;
	const holders = async (): Promise<Record<Platform, Member[]>> => {
		const members = [...cluster.members('gateway'), ...cluster.members('frontends')].filter((one) => one.running());
		const checks = await Promise.all(members.map(async (member) => ({ member, ...(await statuses(member)) })));
		const of = (name: Platform) => checks.filter((one) => one[name] === 'ready').map(({ member }) => member);
		return { discord: of('discord'), telegram: of('telegram') };
	};
	const held = async () => {
		let found = await holders();
		await eventually(async () => {
			found = await holders();
			return PLATFORMS.every((name) => found[name].length === 1);
		});
		return found;
	};
	/** How long each platform was without a connection, from now on, ms. */
	const takenOver = async (from: number): Promise<Record<Platform, number>> => {
		const sessions = discord.gateway.counts.identified;
		const polls = async () => {
			await soon(() => telegram.callsOf('getUpdates').some(({ at }) => at > from), 'Telegram is polled again', 30_000);
			return (telegram.callsOf('getUpdates').find(({ at }) => at > from)?.at ?? 0) - from;
		};
		const connects = async () => {
			while (discord.gateway.counts.identified === sessions && Date.now() < from + 30_000) await wait(10);
			return Date.now() - from;
		};
		const [telegramMs, discordMs] = await Promise.all([polls(), connects()]);
		return { telegram: telegramMs, discord: discordMs };
	};
	const tell = (what: string, { telegram: polled, discord: connected }: Record<Platform, number>) =>
		console.log(`${what}: Telegram polled again after ${polled} ms, Discord connected again after ${connected} ms.`);

	it('are held by one process each, and the others say that they stand by', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const { discord: one, telegram: other } = await held();
		for (const member of [...cluster.members('gateway'), ...cluster.members('frontends')]) {
			await expect
				.poll(() => statuses(member))
				.toEqual({
					discord: member.pid === one[0]?.pid ? 'ready' : 'standby',
					telegram: member.pid === other[0]?.pid ? 'ready' : 'standby',
				});
		}
		say('first words');
		await heard('first words');
	});

	it('pass to another process when their holder is killed, with what was said meanwhile', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		for (const round of ['one', 'two']) {
			const before = await held();
			const victims = [...new Map([...before.discord, ...before.telegram].map((one) => [one.pid, one])).values()];
			const from = Date.now();
			const over = takenOver(from);
			await Promise.all(victims.map(({ kind, index }) => cluster.kill(kind, index)));
			say(`after kill ${round}`);
			tell(victims.length === 1 ? 'Holder of both killed' : 'Both holders killed', await over);
			await heard(`after kill ${round}`);
			await Promise.all(victims.map(({ kind, index }) => cluster.restart(kind, index)));
			say(`before the next ${round}`);
			await heard(`before the next ${round}`);
		}
	});

	it('are let go by a process that is cut off from Redis before another one takes them', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		// Only the frontends processes are left to hold them.
		const before = await held();
		const inGateways = PLATFORMS.some((name) => before[name].some(({ kind }) => kind === 'gateway'));
		await Promise.all([0, 1].map((index) => cluster.stop('gateway', index)));
		await held();
		if (inGateways) {
			say('after a stop');
			await heard('after a stop');
		}
		await Promise.all([0, 1].map((index) => cluster.restart('gateway', index)));
		const cut = await held();
		for (const name of PLATFORMS) expect(cut[name][0]?.kind).toBe('frontends');

		lostBefore = leasesLost();
		const from = Date.now();
		wayOfFrontends.cut();
		say('while it is cut');
		const inGateway = async (name: Platform) => {
			await soon(async () => (await holders())[name].some(({ kind }) => kind === 'gateway'), `${name} moves`);
			return Date.now() - from;
		};
		const [telegramMs, discordMs] = await Promise.all([inGateway('telegram'), inGateway('discord')]);
		tell('Holder cut off from Redis', { telegram: telegramMs, discord: discordMs });
		await heard('while it is cut');
		const after = await held();
		for (const name of PLATFORMS) expect(after[name][0]?.kind).toBe('gateway');
		wayOfFrontends.heal();
	});

	it('were never held by two at once, and everything was answered once', async () => {
		await wait(1_000);
		for (const words of said) expect({ words, ...timesHeard(words) }).toEqual({ words, telegram: 1, discord: 1 });
		// A process that gets no time of the processor for a second cannot let go in time; on a quiet machine there is none.
		const starved = lostBefore + leasesLost('gateway');
		expect(telegram.updates.conflicts).toBeLessThanOrEqual(starved);
		expect(discord.gateway.mostAtOnce).toBeLessThanOrEqual(1 + starved);
	});
});

async function statuses({ url }: Member): Promise<Readonly<Record<Platform, string | undefined>>> {
	const none = { discord: undefined, telegram: undefined };
	try {
		const { checks } = (await (await fetch(`${url}/readyz`)).json()) as Readiness;
		return { discord: checks.discord?.status, telegram: checks.telegram?.status };
	} catch {
		return none;
	}
}

interface Readiness {
	readonly checks: Readonly<Partial<Record<Platform, { readonly status: string }>>>;
}
