import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPolicies } from '../../fixtures/policies/build-policies.ts';
import { browserPath } from '../../harness/browser.ts';
import { type ErrandProcess, startErrand } from '../../harness/errand-process.ts';
import { codeIn, seen, soon } from '../../harness/frontend-errand.ts';
import { type LoopbackSite, serveSite } from '../../harness/loopback-site.ts';
import type { PlatformDriver, PlatformPerson, Seen } from '../../support/contract/platform-driver.ts';
import { labelled, saying } from '../../support/contract/words.ts';
import { openDiscord } from '../../support/discord/driver.ts';
import { freePort } from '../../support/server-process.ts';
import { openTelegram } from '../../support/telegram/driver.ts';
import type { TextingPerson } from '../../support/twilio/texting-person.ts';
import { TwilioStandIn } from '../../support/twilio/twilio-stand-in.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
/** Long enough for receipts to be noted and for a repeat to show. */
const SETTLED_MS = 1_500;
const QUESTION = 'Which of HearthGuard, Riverstone or Alder do you prefer?';

describe.skipIf(browserPath === undefined)('one person on all frontends', () => {
	let site: LoopbackSite;
	let discord: PlatformDriver;
	let telegram: PlatformDriver;
	let twilio: TwilioStandIn;
	let errand: ErrandProcess;
	let browser: Browser;
	let start: () => Promise<ErrandProcess>;
	/** The last page answers from now on. */
	let release: () => void = () => {};
	/** Whose server it is. */
	let host: PlatformPerson;
	/** The person of the story: the same one on each of these. */
	let onDiscord: PlatformPerson;
	let onTelegram: PlatformPerson;
	let phone: TextingPerson;

	beforeAll(async () => {
		const { pdf, docx, html } = await buildPolicies();
		const released = new Promise<void>((done) => {
			release = done;
		});
		site = await serveSite({
			'/hearthguard.pdf': { type: 'application/pdf', body: pdf },
			'/riverstone.docx': { type: DOCX, body: docx },
			'/alder.html': (_request, response) => {
				void released.then(() => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html));
			},
		});
		[discord, telegram, twilio] = await Promise.all([
			openDiscord(),
			openTelegram(),
			TwilioStandIn.start({ optOut: 'off' }),
		]);
		host = discord.person();
		onDiscord = discord.person();
		onTelegram = telegram.person();
		phone = twilio.person('+15550102233');
		const port = await freePort();
		const address = `http://127.0.0.1:${port}`;
		const env = {
			...discord.env,
			...telegram.env,
			...twilio.env,
			PORT: String(port),
			ERRAND_PUBLIC_URL: address,
			ERRAND_OWNERS: host.identity,
			ERRAND_ALLOW_PRIVATE_HOSTS: site.host,
		};
		let dataDir: string | undefined;
		start = async () => {
			const started = await startErrand({ env, ...(dataDir === undefined ? {} : { dataDir }) });
			dataDir = started.dataDir;
			twilio.pointAt(address, started.url);
			await Promise.all([discord.attach(started.url), telegram.attach(started.url)]);
			await soon(async () => (await fetch(`${address}/readyz`)).ok, 'all frontends are ready');
			return started;
		};
		errand = await start();
		browser = await chromium.launch({ executablePath: browserPath ?? '', args: FLAGS });
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.dispose();
		await Promise.all([discord?.stop(), telegram?.stop(), twilio?.stop(), site?.stop()]);
	});

	it('texts a request, follows it on the page, decides on Telegram and finds the report on Discord', async () => {
		await getIn();
		const page = await openPage();

		// From the road.
		const links = ['hearthguard.pdf', 'riverstone.docx', 'alder.html'].map((path) => `${site.origin}/${path}`);
		await phone.text(
			`Compare these home insurances by premium and deductible: ${links.join(' ')} ` +
				'Then ask me which of HearthGuard, Riverstone or Alder I prefer, and write a report about it.',
		);

		// On the page, as it happens.
		await page.locator('.task-row').filter({ hasText: 'Compare these home insurances' }).click();
		await step(page, 'hearthguard.pdf', 'done');
		await step(page, 'riverstone.docx', 'done');
		await step(page, 'alder.html', 'running');
		await phone.gets((text) => /^Task 1: .*home insurances/is.test(text));
		await onDiscord.command('follow', '1');
		await seen(onDiscord, saying('I will tell you here about task 1.'));
		release();

		// Asked wherever this person wants to be asked, and has asked or follows.
		const asked = await seen(onTelegram, asking);
		expect(asked.buttons).toEqual(['HearthGuard', 'Riverstone', 'Alder']);
		expect((await seen(onDiscord, asking)).buttons).toHaveLength(3);
		const texted = await phone.gets((text) => text.startsWith(QUESTION));
		expect(texted.text).toMatch(/1\) HearthGuard\n2\) Riverstone\n3\) Alder\nReply 1, 2 or 3\./);
		await page.getByRole('button', { name: 'Riverstone', exact: true }).waitFor();
		await wait(SETTLED_MS);

		await errand.kill();
		await page.getByText('reconnecting…').waitFor();
		errand = await start();
		await page.getByText('reconnecting…').waitFor({ state: 'detached' });

		// Decided on Telegram; nobody is asked any more anywhere.
		await onTelegram.press(asked, labelled(asked, 'Riverstone'));
		for (const place of [onTelegram, onDiscord]) {
			const closed = await seen(place, (one) => asking(one) && one.text.includes('Answered: Riverstone'));
			expect(closed.buttons).toEqual([]);
		}
		await page.getByRole('button', { name: 'Riverstone', exact: true }).waitFor({ state: 'detached' });

		// The report, with its files, on Discord.
		const report = await seen(onDiscord, ({ files }) => files.some(({ name }) => name.endsWith('.md')));
		const all = wholeOf(onDiscord);
		expect(all).toContain(`${QUESTION}** Riverstone`);
		for (const words of ['$576 per year', '$500', 'Alder Home Complete', 'Recommendation'])
			expect(all).toContain(words);
		const file = report.files.find(({ name }) => name.endsWith('.md'));
		expect(new TextDecoder().decode(file?.content)).toContain('Riverstone Home Plus');

		// The beginning by text, the whole behind a link that needs no login.
		const { text } = await phone.gets((one) => /2 files: http/.test(one));
		expect(text).toContain('Riverstone');
		const stranger = await (await browser.newContext()).newPage();
		await stranger.goto(/http:\S+\/s\/[\w-]+/.exec(text)?.[0] ?? '');
		await stranger.getByRole('heading', { name: 'Recommendation' }).waitFor();
		expect(await stranger.locator('table').textContent()).toContain('$74 per month');
		expect(await stranger.getByRole('link', { name: /\.md$/ }).count()).toBe(1);

		// And on the page, where it was followed.
		await page.locator('.task-status').getByText('Done').waitFor();
		await page.locator('.answer').getByText('Riverstone Home Plus').first().waitFor();

		// Nothing was said twice, read twice or told where nobody asked for it.
		await wait(SETTLED_MS);
		for (const place of [onTelegram, onDiscord]) expect(place.sees().filter(asking)).toHaveLength(1);
		expect(onDiscord.sees().filter(saying('$576 per year'))).toHaveLength(1);
		expect(onTelegram.sees().filter(saying('$576 per year'))).toEqual([]);
		const texts = phone.received.map((one) => one.text);
		for (const words of ['Task 1: ', 'Reply 1, 2 or 3.', '2 files: ']) {
			expect(texts.filter((one) => one.includes(words))).toHaveLength(1);
		}
		expect(site.asked.toSorted()).toEqual(['/alder.html', '/hearthguard.pdf', '/riverstone.docx']);
		expect(host.sees().filter(saying('HearthGuard'))).toEqual([]);
		expect(twilio.complaints).toEqual([]);
	});

	/** A stranger on Telegram is let in by the owner, and brings the other accounts along. */
	async function getIn(): Promise<void> {
		await onTelegram.say('Hello?');
		const code = codeIn((await seen(onTelegram, ({ text }) => codeIn(text) !== undefined)).text);
		await host.command('pair', code);
		await seen(host, saying('is let in as a member'));
		await seen(onTelegram, saying('You are let in.'));
		await onDiscord.command('link', await linkCode());
		await seen(onDiscord, saying('This account is linked to you.'));
		await phone.text(`LINK ${await linkCode()}`);
		await phone.gets((text) => text.includes('This account is linked to you.'));
		await onTelegram.command('notify', 'questions telegram');
		await onTelegram.command('notify', 'answers discord');
		await seen(onTelegram, saying('Questions come on Telegram as well. Answers come on Discord as well.'));
	}

	async function linkCode(): Promise<string> {
		const before = onTelegram.sees().length;
		await onTelegram.command('link');
		const since = () =>
			onTelegram
				.sees()
				.slice(before)
				.flatMap(({ text }) => codeIn(text) ?? []);
		await soon(() => since().length > 0, 'a link code comes');
		return since()[0] ?? '';
	}

	/** Logs in with a link that was asked for in the chat. */
	async function openPage(): Promise<Page> {
		await onTelegram.command('login');
		const { text } = await seen(onTelegram, saying('/login#code='));
		const page = await browser.newPage();
		await page.goto(/http:\S+/.exec(text)?.[0] ?? '');
		await page.getByText('What can I do for you?').waitFor();
		return page;
	}
});

/** The question itself, and not a list of steps with its words. */
const asking = ({ text }: Seen) => text.startsWith(QUESTION);

async function step(page: Page, title: string, status: string): Promise<void> {
	await page.locator(`.step-${status}`).filter({ hasText: title }).first().waitFor();
}

function wholeOf(place: PlatformPerson): string {
	return place
		.sees()
		.map(({ text }: Seen) => text)
		.join('\n');
}
