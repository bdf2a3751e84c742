import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { expect, it } from 'vitest';
import { HolderNotes, type HolderTrouble } from './holder-notes.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Two processes, of which one runs a frontend, and what the other one hears. */
function processes() {
	const clock = new FakeClock(1_000);
	const kept = new Map<string, { text: string; until: number }>();
	const memory = {
		get: async (name: string) => [kept.get(name)].find((one) => one !== undefined && one.until > clock.now())?.text,
		put: async (name: string, text: string, forMs: number) => void kept.set(name, { text, until: clock.now() + forMs }),
	};
	const [here, there] = [0, 1].map(() => new HolderNotes({ memory, clock, log: quiet }));
	if (here === undefined || there === undefined) throw new Error('There are two.');
	let heard: HolderTrouble | undefined;
	const listen = (notes: HolderNotes) => notes.listen('discord', (trouble) => (heard = trouble));
	return { clock, here, there, listen, heard: () => heard };
}
const trouble = { message: 'The connection is lost.', hint: 'Look at the network.' };

it('tells whoever stands by what troubles a frontend where it runs, and when it is over', async () => {
	const { clock, here, there, listen, heard } = processes();
	listen(there);
	here.tell('discord', { status: 'degraded', ...trouble });
	await clock.advance(3_000);
	expect(heard()).toEqual(trouble);
	await clock.advance(60_000);
	expect(heard()).toEqual(trouble);
	here.tell('discord', { status: 'ready' });
	await clock.advance(3_000);
	expect(heard()).toBeUndefined();
});

it('forgets what a process said that died', async () => {
	const { clock, here, there, listen, heard } = processes();
	here.tell('discord', { status: 'degraded', ...trouble });
	listen(there);
	await clock.advance(3_000);
	expect(heard()).toEqual(trouble);
	here.stop();
	await clock.advance(15_000);
	expect(heard()).toBeUndefined();
});

it('hears of the other process where the frontend went, and of itself no more', async () => {
	const { clock, here, there, listen, heard } = processes();
	here.tell('discord', { status: 'ready' });
	listen(here);
	there.tell('discord', { status: 'degraded', ...trouble });
	await clock.advance(6_000);
	expect(heard()).toEqual(trouble);
});
