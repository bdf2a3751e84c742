import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { PlatformDriver } from '../../support/contract/platform-driver.ts';
import { openDiscord } from '../../support/discord/driver.ts';
import { openTelegram } from '../../support/telegram/driver.ts';
import { openSms } from '../../support/twilio/driver.ts';
import { type ErrandProcess, startErrand } from '../errand-process.ts';
import { soon } from '../frontend-errand.ts';
import { type LoopbackSite, serveSite } from '../loopback-site.ts';
import { chatWay } from './chat-ways.ts';
import { completionsWay, hookWay, pageWay, responsesWay, restWay, terminalWay } from './program-ways.ts';
import { showQuestion } from './question-shown.ts';
import type { Shown, Way } from './way.ts';

/** AskedEverywhere is what became of one goal that was given in every way there is. */
export interface AskedEverywhere {
	/** By the name of the way, in the order in which they were asked. */
	readonly shown: ReadonlyMap<string, Shown>;
	/** What that goal became. */
	readonly tasks: readonly TaskView[];
	/** Makes addresses, ids and times the same each time. */
	readable(text: string): string;
}

/** askEverywhere gives the goal on every frontend at once, then has a question asked in chats; all accounts are one person's. */
export async function askEverywhere(goalFor: (origin: string) => string): Promise<AskedEverywhere> {
	const platforms = await Promise.all([openDiscord(), openTelegram(), openSms()]);
	const [discord, telegram, sms] = platforms;
	const accounts = { discord: discord.person(), telegram: telegram.person(), sms: sms.person() };
	const { site, release } = await servePlans();
	const env = {
		...discord.env,
		...telegram.env,
		...sms.env,
		ERRAND_OWNERS: Object.values(accounts)
			.map(({ identity }) => identity)
			.join(','),
		ERRAND_ALLOW_PRIVATE_HOSTS: site.host,
	};
	const errand = await startErrand({ env });
	try {
		await Promise.all(platforms.map((platform) => platform.attach(errand.url)));
		const goal = goalFor(site.origin);
		// Tasks are numbered by person, and texts name the number: so this one comes first. What it has read is remembered
		// for the others, which then do not wait in line for a reader behind the page that is held back.
		const text = chatWay('SMS', accounts.sms, { edits: false });
		await text.ask(goal);
		await soon(() => isFirstPageRead(errand), 'the text has become a task that has read a page');
		const chats = [
			chatWay('Discord, in private', accounts.discord, { edits: true }),
			chatWay('Discord, in a channel', await inRoom(discord, accounts.discord), {
				edits: true,
				write: (words) => `@errand ${words}`,
			}),
			chatWay('Telegram, in private', accounts.telegram, { edits: true }),
			chatWay('Telegram, in a group', await inRoom(telegram, accounts.telegram), {
				edits: true,
				write: (words) => `@errand_bot ${words}`,
			}),
		];
		await Promise.all(chats.map((way) => way.ask(goal)));
		await Promise.all([text, ...chats].map((way) => way.atWork()));
		release();
		const programs = [
			pageWay(errand),
			terminalWay(errand),
			completionsWay(errand),
			responsesWay(errand),
			restWay(errand),
			hookWay(errand),
		];
		await Promise.all(programs.map((way) => way.ask(goal)));
		const ways: readonly Way[] = [...chats, text, ...programs];
		const shown = new Map<string, Shown>();
		for (const way of ways) shown.set(way.name, await way.answered());
		const tasks = await Promise.all((await tasksOf(errand)).map(({ id }) => errand.task(id)));
		shown.set('A question on Discord', await showQuestion(accounts.discord));
		shown.set('A question on Telegram', await showQuestion(accounts.telegram));
		shown.set('A question by SMS', await showQuestion(accounts.sms));
		return { shown, tasks, readable: readableOf(errand, site) };
	} finally {
		await errand.dispose();
		await Promise.all([...platforms, site].map((one) => one.stop()));
	}
}

/** Two offers; the second page is held back until the person sees everywhere that their task is at work. */
async function servePlans(): Promise<{ site: LoopbackSite; release: () => void }> {
	let release = () => {};
	const released = new Promise<void>((done) => {
		release = done;
	});
	const site = await serveSite({
		'/a': { type: 'text/html', body: offer('Plan Ten', 10, 30) },
		'/b': (_request, response) => {
			void released.then(() =>
				response.writeHead(200, { 'Content-Type': 'text/html' }).end(offer('Plan Twenty', 20, 14)),
			);
		},
	});
	return { site, release: () => release() };
}

function offer(name: string, price: number, days: number): string {
	return `<html><head><title>${name}</title></head><body><article><h1>${name}</h1>
	<p>The monthly price is ${price} euro.</p><p>The notice period is ${days} days.</p></article></body></html>`;
}

async function inRoom(platform: PlatformDriver, person: ReturnType<PlatformDriver['person']>) {
	const places = await platform.room?.([person]);
	if (places === undefined) throw new Error(`${platform.name} has no rooms`);
	return places(person);
}

async function isFirstPageRead(errand: ErrandProcess): Promise<boolean> {
	const [first] = await tasksOf(errand);
	if (first === undefined) return false;
	const { plan } = await errand.task(first.id);
	return plan.steps.find(({ id }) => id === 'read-1')?.status === 'done';
}

async function tasksOf(errand: ErrandProcess): Promise<readonly { readonly id: string }[]> {
	const answer = await errand.call('GET', '/v1/tasks?limit=50');
	return ((await answer.json()) as { tasks: { id: string }[] }).tasks;
}

function readableOf(errand: ErrandProcess, site: LoopbackSite): (text: string) => string {
	return (text) =>
		text
			.replaceAll(site.origin, 'https://plans.example')
			.replaceAll(errand.url, 'http://127.0.0.1:3000')
			.replaceAll(/(?<!\/)127\.0\.0\.1(?!:)/g, 'plans.example')
			.replaceAll('127-0-0-1', 'plans-example')
			.replaceAll(/\/s\/[\w-]{20,}/g, '/s/…')
			.replaceAll(/\b[0-9a-z]{20,60}\b/g, '…')
			.replaceAll(/\b\d+(?:\.\d+)? m?s\b/g, '0.1 s');
}
