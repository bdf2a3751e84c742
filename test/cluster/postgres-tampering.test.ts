import { newHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { asPersonId, asStreamId } from '@errand/core/domain/ids.ts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyHistory, newDatabase, openHistory, sql } from './support/open-new-history.ts';

const signer = newHistorySigner();
let url = '';
beforeAll(async () => {
	url = await newDatabase();
	await (await openHistory(url)).close();
});

/** Five turns of one append to each of two streams, sealed twice. */
beforeEach(async () => {
	await emptyHistory(url);
	const history = await openHistory(url, { signer });
	for (let seq = 0; seq < 5; seq++) {
		const append = { expectedSeq: seq, facts: [{ type: 'Said', v: 1, data: { seq } }], at: 1_000 };
		const index = { person: asPersonId('ann'), dueAt: null, summary: {} };
		await Promise.all([
			history.events.append({ ...append, stream: asStreamId('task-1'), index }),
			history.events.append({ ...append, stream: asStreamId('task-2') }),
		]);
		if (seq === 2) await history.audit.verify();
	}
	await history.audit.verify();
	await history.close();
});

const TASK_1 = `(SELECT id FROM errand.streams WHERE name = 'task-1')`;
const THIRD = `WHERE stream = ${TASK_1} AND first_seq = 3`;

async function look(key = signer) {
	const history = await openHistory(url, { signer: key });
	try {
		const verified = await history.audit.verify();
		const exported = await (async () => {
			for await (const line of history.audit.export(asStreamId('task-1'))) expect(line).not.toBe('');
		})().then(
			() => 'whole',
			(error: unknown) => error,
		);
		return { verified, exported };
	} finally {
		await history.close();
	}
}

/** What the database would have computed, had it been written so. */
const CHAINED_ANEW = `
	DO $$ DECLARE a record; previous text := repeat('0', 64); BEGIN
		FOR a IN SELECT * FROM errand.appends WHERE stream = ${TASK_1} ORDER BY first_seq LOOP
			a.chain := sha256(convert_to(previous || E'\\n' || a.first_seq || ' ' || a.last_seq || ' ' || a.at || ' '
				|| a.payload_hash || ' task-1' || E'\\n' || a.types || E'\\n', 'UTF8'));
			UPDATE errand.appends b SET chain = a.chain WHERE b.stream = a.stream AND b.first_seq = a.first_seq;
			previous := encode(a.chain, 'hex');
		END LOOP;
		UPDATE errand.streams SET chain = decode(previous, 'hex') WHERE name = 'task-1';
	END $$`;

describe('a history in Postgres changed behind its back', () => {
	it('is whole as long as nobody touches it, also when all it has is one page of seals', async () => {
		expect(await look()).toMatchObject({ verified: { ok: true, head: { position: 10 } }, exported: 'whole' });
	});

	it.each([
		['an edited payload', `UPDATE errand.appends SET payload = replace(payload, '"seq":2', '"seq":7') ${THIRD}`, 6],
		['a payload blanked without an erasure', `UPDATE errand.appends SET payload = NULL ${THIRD}`, 6],
		['an edited time', `UPDATE errand.appends SET at = 999 ${THIRD}`, 6],
		['an edited type', `UPDATE errand.appends SET types = 'Sung:1' ${THIRD}`, 6],
		['a removed append', `DELETE FROM errand.appends ${THIRD}`, 6],
		['an append chained anew', `UPDATE errand.appends SET at = 999 ${THIRD}; ${CHAINED_ANEW}`, 10],
		[
			'two appends exchanged',
			`UPDATE errand.appends SET first_seq = -first_seq WHERE stream = ${TASK_1} AND first_seq IN (2, 3);
			UPDATE errand.appends SET first_seq = 5 + first_seq, last_seq = 5 + first_seq WHERE first_seq < 0`,
			6,
		],
		[
			'a cut-off end',
			`DELETE FROM errand.appends WHERE first_seq = 5 AND stream = ${TASK_1};
			UPDATE errand.streams s SET last_seq = 4, chain = (SELECT chain FROM errand.appends WHERE stream = s.id AND first_seq = 4)
			WHERE name = 'task-1'`,
			10,
		],
		[
			'an added append',
			`INSERT INTO errand.appends SELECT stream, 6, 6, at, types, payload_hash, chain, payload FROM errand.appends
			WHERE stream = ${TASK_1} AND first_seq = 5;
			UPDATE errand.streams SET last_seq = 6 WHERE name = 'task-1'; ${CHAINED_ANEW}`,
			10,
		],
		['a renamed stream', `UPDATE errand.streams SET name = 'task-3' WHERE name = 'task-1'`, 6],
		['an edited seal', `UPDATE errand.seals SET hash = reverse(hash) WHERE number = 1`, 6],
		['a seal that vouches for less', 'DELETE FROM errand.sealed_streams WHERE seal = 1 AND last_seq = 3', 6],
		['a missing seal', 'DELETE FROM errand.seals WHERE number = 1', 10],
		['a foreign signature', `UPDATE errand.seals SET signature = 'AAAA' WHERE number = 2`, 10],
	])('shows %s', async (_, statements, position) => {
		await sql(url, statements);
		expect((await look()).verified).toMatchObject({ ok: false, position });
	});

	it.each([
		['a removed stream', `DELETE FROM errand.streams WHERE name = 'task-1'`],
		[
			'a stream removed with all it had',
			`DELETE FROM errand.appends WHERE stream = ${TASK_1}; DELETE FROM errand.streams WHERE name = 'task-1'`,
		],
		['appends of no stream', `INSERT INTO errand.appends VALUES (4711, 1, 1, 1000, 'Said:1', 'x', '', 'x')`],
		['missing seals', 'DELETE FROM errand.seals; DELETE FROM errand.sealed_streams'],
	])('shows %s', async (_, statements) => {
		await sql(url, statements);
		expect((await look()).verified).toMatchObject({ ok: false });
	});

	it.each([
		['edited', `UPDATE errand.appends SET payload = replace(payload, '"seq":2', '"seq":7') ${THIRD}`],
		['edited along with its chain', `UPDATE errand.appends SET at = 999 ${THIRD}; ${CHAINED_ANEW}`],
		[
			'cut off',
			`DELETE FROM errand.appends WHERE first_seq > 3 AND stream = ${TASK_1};
			UPDATE errand.streams SET last_seq = 3 WHERE name = 'task-1'`,
		],
	])('is not exported where it was %s', async (_, statements) => {
		await sql(url, statements);
		expect((await look()).exported).toMatchObject({ code: 'store-corrupt' });
	});

	it('shows another key', async () => {
		expect((await look(newHistorySigner())).verified).toMatchObject({ ok: false, position: 10 });
	});
});
