import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Besieged, besiege } from '../../harness/besieged-errand.ts';
import { seen, soon } from '../../harness/frontend-errand.ts';
import { goalIn } from '../../harness/reading-prompts.ts';
import { scriptedMind } from '../../harness/scripted-mind.ts';
import { naughtyStrings } from '../../support/contract/naughty-strings.ts';

const folder = process.env['ERRAND_CORPORA_DIR'];
const collected: readonly string[] =
	folder === undefined ? [] : (JSON.parse(readFileSync(join(folder, 'blns.json'), 'utf8')) as string[]);
const EVERY = 24;
const TEXTS = [...naughtyStrings, ...collected.filter((text, at) => text.trim() !== '' && at % EVERY === 5)];
const CHOICES = 6;
/** What is shown must not hold controls, turned directions, or towers of accents. */
const HARMFUL = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{M}{5}/u;

/** Groups of choices as a plan could offer them. */
const OFFERS = Array.from({ length: Math.floor(TEXTS.length / CHOICES) }, (_, at) =>
	TEXTS.slice(at * CHOICES, (at + 1) * CHOICES).map((text, place) => `${place} ${text}`.slice(0, 180)),
);

let town: Besieged;
beforeAll(async () => {
	town = await besiege({ level: 'info' });
	town.model.think({
		...scriptedMind,
		plan: (asked) => {
			if (goalIn(asked.user).startsWith('Recite')) return TEXTS.join('\n\n');
			const at = /^Offer (\d+)/.exec(goalIn(asked.user).trim())?.[1];
			if (at === undefined) return scriptedMind['plan']?.(asked) ?? '';
			const question = { kind: 'choice', text: `Which of ${at}?`, choices: OFFERS[Number(at)] };
			const input = { questions: [question] };
			return {
				call: 'propose_plan',
				args: { steps: [{ id: 's', title: `Ask ${OFFERS[Number(at)]?.[0]}`, capability: 'human.ask', input }] },
			};
		},
	});
});
afterAll(() => town.stop());

/** Somebody on a platform, as far as these tests need them. */
interface Chatter {
	say(text: string): void;
	sees(): readonly { readonly id: string; readonly text: string; readonly buttons: readonly string[] }[];
	/** Presses the first button of the latest message that has some; false where there are none. */
	press(): Promise<boolean>;
	sendFile(name: string): void;
}

async function onTelegram(): Promise<Chatter> {
	const person = town.telegram.person({ name: 'Tess' });
	await town.letIn(person.identity);
	return {
		say: (text) => void person.say(text),
		sees: () =>
			person
				.sees()
				.map(({ id, text, buttons }) => ({ id: `${id}`, text, buttons: buttons.flat().map((one) => one.text) })),
		press: async () => {
			const message = person.sees().findLast(({ buttons }) => buttons.length > 0);
			const data = message?.buttons.flat()[0]?.callback_data;
			if (message === undefined || data === undefined) return false;
			person.pressData(message, data);
			return true;
		},
		sendFile: (name) =>
			void person.sendFile(
				{ name, type: 'text/plain', content: Buffer.from('x') },
				{ caption: 'Show what came along' },
			),
	};
}

async function onDiscord(): Promise<Chatter> {
	const person = town.discord.person('Dee');
	await town.letIn(person.identity);
	const { dm } = person;
	type Component = Readonly<Record<string, unknown>>;
	const componentsOf = (message: { readonly components: readonly Component[] }) =>
		message.components.flatMap((row) => (row['components'] ?? []) as Component[]);
	return {
		say: (text) => void person.say(dm, text),
		sees: () =>
			person.sees(dm).map((message) => ({
				id: message.id,
				text: message.content,
				buttons: componentsOf(message).flatMap((one) => [
					...(typeof one['label'] === 'string' ? [one['label']] : []),
					...((one['options'] ?? []) as Component[]).map(({ label }) => String(label)),
				]),
			})),
		press: async () => {
			const message = person.sees(dm).findLast((one) => componentsOf(one).length > 0);
			const [first] = message === undefined ? [] : componentsOf(message);
			if (message === undefined || first === undefined) return false;
			const [option] = (first['options'] ?? []) as Component[];
			if (option === undefined) await person.use(message, first);
			else await person.choose(message, String(option['label']));
			return true;
		},
		sendFile: (name) =>
			void person.say(dm, 'Show what came along', {
				files: [{ name: name.toWellFormed(), type: 'text/plain', content: Buffer.from('x') }],
			}),
	};
}

describe.each([
	['Telegram', onTelegram],
	['Discord', onDiscord],
])('text made to break things, on %s', (_, open) => {
	const harmless = (chatter: Chatter, after: number) => {
		for (const { text, buttons } of chatter.sees().slice(after))
			for (const shown of [text, ...buttons]) expect(shown).not.toMatch(HARMFUL);
	};

	it('may be offered as choices, and chosen', async () => {
		const chatter = await open();
		for (const at of OFFERS.keys()) {
			const before = chatter.sees().length;
			chatter.say(`Offer ${at}`);
			await soon(() => chatter.sees().length > before, `offer ${at}`);
			harmless(chatter, before);
			const asked = chatter.sees().length;
			if (!(await chatter.press())) chatter.say('1');
			await soon(() => chatter.sees().length > asked, `the end of offer ${at}`);
			harmless(chatter, before);
		}
	});

	it('may be the answer to a question', async () => {
		const chatter = await open();
		for (const text of TEXTS.slice(0, 5)) {
			chatter.say('Find out my name');
			const before = chatter.sees().length;
			await soon(
				() =>
					chatter
						.sees()
						.slice(before)
						.some((one) => one.text.includes('What are you called?')),
				'the question',
			);
			const asked = chatter.sees().length;
			chatter.say(`§ ${text}`);
			await soon(
				() =>
					chatter
						.sees()
						.slice(asked)
						.some((one) => one.text.includes('§')),
				`an end of ${JSON.stringify(text)}`,
			);
			harmless(chatter, before);
		}
	});

	it('may be the name of a file', async () => {
		const chatter = await open();
		for (const name of [...TEXTS.slice(4, 7), '../../etc/passwd', 'n'.repeat(10_000), '..']) {
			const before = chatter.sees().length;
			chatter.sendFile(name);
			await soon(
				() => chatter.sees().length > before,
				`an answer to a file called ${JSON.stringify(name.slice(0, 50))}`,
			);
			harmless(chatter, before);
		}
	});
});

it('is shown on the page of a link as text, and runs nothing there', async () => {
	const { twilio, errand } = town;
	const phone = twilio.person('+15550106001');
	await town.letIn(`sms:${phone.number}`);
	await phone.text('Recite everything');
	const sees = () =>
		phone.received.map(({ sid, text: said }) => ({ id: sid, text: said, buttons: [], edits: 0, files: [] }));
	const { text: said } = await seen({ sees }, (one) => one.text.includes('/s/'));
	expect(said).not.toMatch(HARMFUL);
	const path = /\/s\/[\w-]+/.exec(said)?.[0] ?? '';
	const page = await fetch(errand.url + path);
	expect(page.status).toBe(200);
	const html = await page.text();
	expect(html).not.toMatch(/<(?:script|iframe|object|embed|img|svg|form|base)\b/i);
	expect(html).not.toMatch(/<[^>]+\son\w+\s*=/i);
	expect(html).not.toMatch(/href="(?!https?:|mailto:|\/s\/|#)/i);
	expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
	expect(errand.output()).not.toContain(path);
});

it('broke no line of the log, and nothing that was sent is out of the ordinary', async () => {
	await town.serves();
	const lines = town.errand.output().trim().split('\n');
	for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
	expect(town.errand.output()).not.toContain('§');
	expect(town.telegram.violations).toEqual([]);
	expect(town.discord.rest.violations).toEqual([]);
	expect(town.twilio.complaints).toEqual([]);
});
