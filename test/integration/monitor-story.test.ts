import { setTimeout as wait } from 'node:timers/promises';
import { asConversationId, asPersonId } from '@errand/core/domain/ids.ts';
import { ScheduleWhat } from '@errand/core/domain/schedule/schedule.ts';
import type { ScheduleView } from '@errand/core/orchestrator/desks/schedules.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import { valueCompute } from '@errand/workers/capabilities/value-compute.ts';
import { webMonitor } from '@errand/workers/capabilities/web-monitor.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChatErrand, type RecordingFrontend, startChatErrand } from '../harness/chat-errand.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OWNER = { person: asPersonId('owner'), role: 'owner' } as const;
/** A Friday; in the night to Sunday the clocks of Berlin are put back. */
const START = Date.parse('2026-10-23T08:00:00Z');

/** What the site says; the tests change it from day to day. */
const said = { down: false, views: 10, library: 'The library opens at nine.', pool: 'A ticket is $4.' };
let site: LoopbackSite;
let errand: ChatErrand;

beforeEach(async () => {
	Object.assign(said, { down: false, views: 10, library: 'The library opens at nine.', pool: 'A ticket is $4.' });
	const page = (title: string, text: () => string) => (_request: unknown, response: Answer) => {
		if (said.down) return void response.writeHead(404).end('Gone');
		const noise = `<p>Updated ${said.views} minutes ago</p><p>${said.views * 7} views</p>`;
		response.writeHead(200, { 'content-type': 'text/html' });
		response.end(
			`<title>${title}</title><main><h1>${title}</h1>${noise}<p>${text()}</p><p>All are welcome.</p></main>`,
		);
	};
	site = await serveSite({ '/library': page('Library', () => said.library), '/pool': page('Pool', () => said.pool) });
	// In this process, because it is the clock and the schedules that are looked at.
	const capabilities = [{ ...webMonitor, placement: 'inline' as const, sessions: [] }, valueCompute];
	const options = { startsAt: START, allowPrivateHosts: [site.host] };
	errand = await startChatErrand(capabilities, (catalogue) => new RulesPlanner(catalogue), options);
	await errand.say(errand.discord, '/quiet 22:00-07:00 Europe/Berlin');
	await errand.say(errand.discord, '/notify answers telegram');
	await settled(() => errand.discord.sent.length >= 2);
});
afterEach(async () => {
	await errand.stop();
	await site.stop();
});

type Answer = { writeHead(status: number, headers?: Record<string, string>): Answer; end(body: string): void };

/** Lets a little time pass, for what is waited for elsewhere, until the check holds. */
async function settled(holds: () => boolean | Promise<boolean>): Promise<void> {
	for (let turn = 0; turn < 600; turn += 1) {
		if (await holds()) return;
		await errand.clock.advance(20);
		await wait(2);
	}
	throw new Error(`It did not come so far: ${holds}`);
}

const schedules = () => errand.orchestrator.schedules.desk.list(OWNER, { next: 1 });
async function schedule(number = 1): Promise<ScheduleView> {
	return errand.orchestrator.schedules.desk.view(OWNER, String(number));
}
const isDone = ({ last }: ScheduleView) => last?.outcome !== undefined;
const notices = ({ sent }: RecordingFrontend) => sent.filter(({ kind }) => kind === 'notice').map(({ text }) => text);

/** The day's run: its time comes, and it ends. */
async function nextRun(): Promise<ScheduleView> {
	const { runs, next } = await schedule();
	await errand.clock.advance((next[0] ?? 0) - errand.clock.now() + 1_000);
	await settled(async () => (await schedule()).runs > runs && isDone(await schedule()));
	await errand.clock.advance(30_000);
	return schedule();
}

async function watchLibrary(): Promise<string> {
	const goal = `Monitor this website for changes and summarize daily at 18:00: ${site.origin}/library`;
	await errand.say(errand.discord, goal);
	await settled(() => errand.discord.sent.some(({ text }) => text.includes('This is schedule 1')));
	return errand.discord.sent.find(({ text }) => text.includes('This is schedule 1'))?.text ?? '';
}

test('a page is watched for days: noise is silence, a change is told where the person wants it, once', async () => {
	const answer = await watchLibrary();
	expect(answer).toContain(`Watch ${site.origin}/library`);
	expect(answer).toContain('Next: Friday 23 October 2026, 18:00 (Europe/Berlin');
	expect(answer).toContain('/unschedule 1');

	expect(await nextRun()).toMatchObject({ runs: 1, last: { due: Date.parse('2026-10-23T16:00:00Z') } });
	said.views = 25;
	await nextRun();
	expect(notices(errand.telegram)).toEqual([]);

	said.library = 'The library opens at ten.';
	// The clocks were put back: six in the evening is an hour later.
	expect(await nextRun()).toMatchObject({ runs: 3, last: { due: Date.parse('2026-10-25T17:00:00Z') } });
	await settled(() => notices(errand.telegram).length > 0);
	expect(notices(errand.telegram)[0]).toContain('“The library opens at nine.” is now “The library opens at ten.”');
	expect(notices(errand.discord).filter((text) => text.includes('has changed'))).toHaveLength(1);

	said.down = true;
	expect(await nextRun()).toMatchObject({ runs: 4, last: { outcome: 'done' } });
	await errand.restart();
	Object.assign(said, { down: false, library: 'The library opens at eleven.' });
	await nextRun();
	await settled(() => notices(errand.telegram).length > 1);
	expect(notices(errand.telegram)).toHaveLength(2);
	expect(notices(errand.telegram)[1]).toContain('“The library opens at ten.” is now “The library opens at eleven.”');
}, 30_000);

test('a clock that is put forward makes one run of what was missed, and one that is put back none a second time', async () => {
	await watchLibrary();
	await nextRun();
	said.library = 'The library opens at ten.';
	errand.clock.jump(3 * DAY + 2 * HOUR);
	await errand.clock.advance(15 * 60_000);
	await settled(async () => (await schedule()).runs === 2 && isDone(await schedule()));
	await settled(() => notices(errand.telegram).length > 0);
	expect(await schedule()).toMatchObject({ missed: 2, last: { due: Date.parse('2026-10-26T17:00:00Z') } });

	said.library = 'The library opens at eleven.';
	errand.clock.jump(-2 * DAY);
	await errand.clock.advance(2 * DAY);
	expect(await schedule()).toMatchObject({ runs: 2 });
	expect(notices(errand.telegram)).toHaveLength(1);
	expect(await nextRun()).toMatchObject({ runs: 3 });
	await settled(() => notices(errand.telegram).length > 1);
	expect(notices(errand.telegram)).toHaveLength(2);
}, 30_000);

test('a digest of several pages is one message, which waits for the end of the night', async () => {
	const { desk } = errand.orchestrator.schedules;
	for (const name of ['library', 'pool']) {
		const what = ScheduleWhat.parse({
			do: { kind: 'workflow', name: 'website-watch', input: { url: `${site.origin}/${name}` } },
			tell: { digest: 'daily at 23:00' },
			carry: true,
		});
		const conversation = asConversationId('discord-dm-1');
		await desk.create(OWNER, { when: 'daily at 8 and 18', what, conversation, title: `Watch the ${name}` });
	}
	const all = async (runs: number) => (await schedules()).every((one) => one.runs === runs && isDone(one));
	await errand.clock.advance(9 * HOUR);
	await settled(() => all(1));
	await errand.clock.advance(DAY - 9 * HOUR);
	await settled(() => all(2));
	const before = notices(errand.telegram).length;
	Object.assign(said, { library: 'The library opens at ten.', pool: 'A ticket is $5.' });
	await errand.clock.advance(9 * HOUR);
	await settled(() => all(3));
	await errand.restart();
	// Eleven at night: nothing rings.
	await errand.clock.advance(6 * HOUR);
	expect(notices(errand.telegram)).toHaveLength(before);
	await errand.clock.advance(9 * HOUR);
	await settled(() => notices(errand.telegram).length > before);
	const digest = notices(errand.telegram)[before] ?? '';
	expect(digest).toContain('“The library opens at nine.” is now “The library opens at ten.”');
	expect(digest).toContain('“A ticket is $4.” is now “A ticket is $5.”');
	expect(notices(errand.telegram)).toHaveLength(before + 1);
}, 30_000);
