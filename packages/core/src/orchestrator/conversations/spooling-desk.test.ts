import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileMessageSpool } from '../../adapters/files/file-message-spool.ts';
import { textSeal } from '../../adapters/sealing/text-seal.ts';
import { CoreError } from '../../domain/errors.ts';
import { asConversationId, asPersonId } from '../../domain/ids.ts';
import type { InboundMessage, Reply } from '../../ports/frontend.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { IConversationDesk } from '../desks/desk.ts';
import { messageIdOf } from './message-id.ts';
import { SpoolingDesk } from './spooling-desk.ts';

const ann = { person: asPersonId('ann'), role: 'member' } as const;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
let folder: string;
let clock: FakeClock;
let away: boolean;
let taken: InboundMessage[];
let told: Reply[];
let desk: SpoolingDesk;
let known: boolean;
let slow: Promise<void> | undefined;
const seal = textSeal(randomBytes(32));

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-spool-'));
	clock = new FakeClock();
	away = false;
	known = true;
	slow = undefined;
	taken = [];
	told = [];
	desk = open();
	await desk.drain();
});
afterEach(async () => {
	desk.stop();
	await rm(folder, { recursive: true });
});

function open(): SpoolingDesk {
	const conversations: IConversationDesk = {
		receive: async (_principal, message) => {
			if (away) throw new CoreError('store-unreachable', 'Gone.', { hint: 'Wait.' });
			if (message.text === 'refused') throw new CoreError('unsupported-type', 'Not that.', { hint: 'Another.' });
			if (message.text === 'fault') throw new TypeError('Cannot read properties of undefined');
			await slow;
			taken.push(message);
			return { id: messageIdOf(message) };
		},
		entries: async () => ({ entries: [], next: 0 }),
		ofPerson: async () => ({ conversations: [] }),
	};
	return new SpoolingDesk({
		conversations,
		spool: new FileMessageSpool({ folder, seal, log: silent }),
		reachable: () => !away,
		principalOf: async () => (known ? ann : undefined),
		frontend: () => ({
			deliver: async (reply) => {
				told.push(reply);
				return { platformMessageIds: [], at: 0 };
			},
		}),
		clock,
		log: silent,
	});
}

function message(id: number, more: Partial<InboundMessage> = {}): InboundMessage {
	return {
		frontend: 'telegram',
		conversation: asConversationId('telegram-1'),
		identity: 'telegram:1',
		direct: true,
		platformMessageId: String(id),
		text: `word ${id}`,
		attachments: [],
		at: clock.now(),
		...more,
	};
}

const texts = () => taken.map(({ text }) => text);

describe('messages while history is out of reach', () => {
	it('are kept sealed, told of once, and handed over in their order when it is back', async () => {
		await desk.receive(ann, message(1));
		away = true;
		const ids = [await desk.receive(ann, message(2)), await desk.receive(ann, message(3))];
		expect(ids.map(({ id }) => id)).toEqual([messageIdOf(message(2)), messageIdOf(message(3))]);
		expect(told.map(({ text }) => text)).toEqual([expect.stringContaining('it is safe here')]);
		expect(await readdir(folder)).toHaveLength(2);
		away = false;
		await Promise.all([desk.receive(ann, message(4)), desk.drain()]);
		await vi.waitFor(async () => {
			await clock.advance(1_000);
			await desk.drain();
			expect(texts()).toEqual(['word 1', 'word 2', 'word 3', 'word 4']);
		});
		expect(await readdir(folder)).toEqual([]);
		await desk.receive(ann, message(5));
		expect(texts()).toHaveLength(5);
	});

	it('survive the death of the process, with their files', async () => {
		away = true;
		const attachments = [
			{
				kind: 'waiting' as const,
				name: 'a.bin',
				type: 'application/octet-stream',
				read: async () => Uint8Array.of(0, 255),
			},
			{ kind: 'url' as const, url: 'https://one.invalid/' },
		];
		await desk.receive(ann, message(1, { attachments }));
		desk.stop();
		away = false;
		desk = open();
		await desk.drain();
		expect(taken).toEqual([
			message(1, {
				attachments: [
					{ kind: 'bytes', name: 'a.bin', type: 'application/octet-stream', content: Uint8Array.of(0, 255) },
					{ kind: 'url', url: 'https://one.invalid/' },
				],
			}),
		]);
	});

	it('hold nobody up when one of them is refused, and its sender is told why', async () => {
		away = true;
		await desk.receive(ann, message(1, { text: 'refused' }));
		await desk.receive(ann, message(2));
		away = false;
		await desk.drain();
		expect(texts()).toEqual(['word 2']);
		expect(told.at(-1)?.text).toBe('Not that. Another.');
	});

	it('hold nobody up for good when one of them runs into a fault, and its sender is told', async () => {
		away = true;
		await desk.receive(ann, message(1, { text: 'fault' }));
		await desk.receive(ann, message(2));
		away = false;
		for (let tries = 0; tries < 30; tries++) await desk.drain();
		expect(texts()).toEqual(['word 2']);
		expect(told.at(-1)?.text).toContain('Please write it again');
	});

	it('are handed over while people go on writing faster than they are tried again', async () => {
		away = true;
		await desk.receive(ann, message(1));
		away = false;
		for (let id = 2; id < 6; id++) {
			await desk.receive(ann, message(id));
			await clock.advance(900);
		}
		await vi.waitFor(() => expect(texts()).toEqual(['word 1', 'word 2', 'word 3', 'word 4', 'word 5']));
	});

	it('keep their place before what comes while they are handed over', async () => {
		away = true;
		await desk.receive(ann, message(1));
		away = false;
		let go = () => {};
		slow = new Promise((resolve) => {
			go = resolve;
		});
		const drained = desk.drain();
		await desk.receive(ann, message(2));
		go();
		await drained;
		await desk.receive(ann, message(3));
		expect(texts()).toEqual(['word 1', 'word 2', 'word 3']);
	});

	it('are not taken from somebody who was turned away meanwhile', async () => {
		away = true;
		await desk.receive(ann, message(1));
		away = false;
		known = false;
		await desk.drain();
		expect(texts()).toEqual([]);
		expect(told.at(-1)?.text).toContain('no longer let in');
	});

	it('are refused as usual where history answers that they cannot be taken', async () => {
		await expect(desk.receive(ann, message(1, { text: 'refused' }))).rejects.toMatchObject({
			code: 'unsupported-type',
		});
		expect(await readdir(folder)).toEqual([]);
	});
});
