import { expect, it } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import { asPersonId } from '../../domain/ids.ts';
import type { IModelLedger } from '../../ports/model-ledger.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { SILENT_LOG } from '../fixture/played-models.ts';
import { DayBudgets } from './day-budgets.ts';

const ann = asPersonId('ann');

it('counts what other processes spent once its own reading is a second old, however long nobody asked', async () => {
	const clock = new FakeClock();
	let spent: number | CoreError = 0;
	const read = async () => {
		if (typeof spent === 'number') return spent;
		throw spent;
	};
	const ledger = { spent: read } as Pick<IModelLedger, 'spent'> as IModelLedger;
	const budgets = new DayBudgets({ budgets: { perPersonDayUsd: 1 }, ledger, clock, log: SILENT_LOG });
	await budgets.ready(ann);
	expect(budgets.left(ann)?.microUsd).toBe(1_000_000);
	spent = 950_000;
	expect(budgets.ready(ann)).toBeUndefined();
	await clock.advance(1_000);
	await budgets.ready(ann);
	expect(budgets.left(ann)?.microUsd).toBe(50_000);
	// Where the ledger is away, what was known goes on to count, with what goes out here.
	spent = new CoreError('store-unreachable', 'Away.', { hint: 'Wait.' });
	budgets.reserve(ann, 20_000)(10_000);
	await clock.advance(60_000);
	await budgets.ready(ann);
	expect(budgets.left(ann)?.microUsd).toBe(40_000);
});
