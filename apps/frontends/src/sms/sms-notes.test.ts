import { expect, it } from 'vitest';
import { SmsNotes } from './sms-notes.ts';

function memory() {
	const kept = { text: undefined as string | undefined, fails: false };
	return {
		kept,
		load: async () => kept.text,
		save: async (text: string) => {
			await Promise.resolve();
			if (kept.fails) throw new Error('no room');
			kept.text = text;
		},
	};
}

it('remembers who said STOP', async () => {
	const store = memory();
	const first = await SmsNotes.open(store);
	await Promise.all([first.optOut('+1', 1), first.optOut('+2', 2), first.optOut('+3', 3)]);
	await first.optIn('+2');
	const second = await SmsNotes.open(store);
	expect(['+1', '+2', '+3'].map((number) => second.optedOut(number))).toEqual([true, false, true]);
});

it('writes to nobody whom it could not take off the list, and to nobody whom it could not put on it', async () => {
	const store = memory();
	const outs = await SmsNotes.open(store);
	await outs.optOut('+1', 1);
	store.kept.fails = true;
	await expect(outs.optIn('+1')).rejects.toThrow('no room');
	await expect(outs.optOut('+2', 1)).rejects.toThrow('no room');
	expect([outs.optedOut('+1'), outs.optedOut('+2')]).toEqual([true, true]);
	store.kept.fails = false;
	await outs.optOut('+2', 2);
	expect(JSON.parse(store.kept.text ?? '').optedOut).toEqual({ '+1': 1, '+2': 1 });
});

it('does not open a list it cannot read', async () => {
	for (const text of ['', 'null', '{"v":2,"optedOut":{}}']) {
		await expect(SmsNotes.open({ load: async () => text, save: async () => {} })).rejects.toThrow(/want no texts/);
	}
});
