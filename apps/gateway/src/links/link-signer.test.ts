import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinkSigner } from './link-signer.ts';
import { taskLinks } from './task-links.ts';

const signer = new LinkSigner('0b'.repeat(32));
const MINUTE = 60_000;
const link = {
	task: asTaskId('0123456789abcdef0123'),
	person: asPersonId('owner'),
	expiresAt: 28_000_000 * MINUTE,
};

describe('a token', () => {
	it('says what it is good for, and is short enough for a text message', () => {
		const token = signer.sign(link);
		expect(signer.read(token)).toEqual(link);
		expect(token).toMatch(/^[\w-]{43}$/);
	});

	it('says so whatever the ids are', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ maxLength: 40 }), (task, person) => {
				const any = {
					task: asTaskId(task.toWellFormed()),
					person: asPersonId(person.toWellFormed()),
					expiresAt: MINUTE,
				};
				expect(signer.read(signer.sign(any))).toEqual(any);
			}),
		);
	});

	it('is void when a single character of it was changed, added or left out', () => {
		const token = signer.sign(link);
		for (let at = 0; at < token.length; at += 1) {
			const other = token[at] === 'A' ? 'B' : 'A';
			expect(signer.read(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBeUndefined();
			expect(signer.read(token.slice(0, at))).toBeUndefined();
		}
		for (const more of ['A', '=', '%', '\n']) expect(signer.read(token + more)).toBeUndefined();
	});

	it('of another key, and anything else at all, is void', () => {
		expect(new LinkSigner('0c'.repeat(32)).read(signer.sign(link))).toBeUndefined();
		fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => signer.read(text) === undefined));
	});
});

describe('the key', () => {
	it('is made once, for its owner’s eyes only', () => {
		const folder = mkdtempSync(join(tmpdir(), 'errand-links-'));
		try {
			const path = join(folder, 'links.key');
			const token = LinkSigner.open(path).sign(link);
			expect(LinkSigner.open(path).read(token)).toEqual(link);
			expect(statSync(path).mode & 0o777).toBe(0o600);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

it('links are good for a week, and there are none without a public address or a person', () => {
	const clock = { now: () => 1_000 * MINUTE };
	const linkTo = taskLinks({ signer, publicUrl: 'https://errand.example', clock });
	const url = linkTo(link.task, link.person) ?? '';
	expect(url).toMatch(/^https:\/\/errand\.example\/s\/[\w-]+$/);
	expect(signer.read(url.split('/').at(-1) ?? '')?.expiresAt).toBe((1_000 + 7 * 24 * 60) * MINUTE);
	expect(linkTo(link.task, undefined)).toBeUndefined();
	expect(taskLinks({ signer, publicUrl: undefined, clock })(link.task, link.person)).toBeUndefined();
});
