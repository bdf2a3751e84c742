import { CoreError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { TestCounts } from './loop.ts';

/** readTestCounts reads the results of a test run as clients give them, or refuses what cannot be one. */
export function readTestCounts(args: JsonObject): TestCounts {
	const given = args['testResults'];
	if (!isJsonObject(given)) throw refused('No results of tests were given.');
	const passed = count(given, 'passed');
	const failed = count(given, 'failed');
	const total = count(given, 'total', passed + failed + count(given, 'skipped', 0));
	const skipped = count(given, 'skipped', Math.max(0, total - passed - failed));
	if (passed + failed + skipped > total) {
		throw refused(`${passed} passed, ${failed} failed and ${skipped} skipped are more than ${total} in total.`);
	}
	return { total, passed, failed, skipped: total - passed - failed };
}

/** countsInWords tells of a test run in a few words. */
export function countsInWords({ passed, failed, skipped }: TestCounts): string {
	const words = [`${passed} passed`];
	if (failed > 0) words.push(`${failed} failed`);
	if (skipped > 0) words.push(`${skipped} skipped`);
	return words.join(', ');
}

const MOST = 10_000_000;

function count(given: JsonObject, name: string, otherwise?: number): number {
	const value = given[name];
	const number = value === undefined || value === null || value === '' ? otherwise : Number(value);
	if (number !== undefined && Number.isInteger(number) && number >= 0 && number <= MOST) return number;
	throw refused(`"${name}" of the tests’ results is no count.`);
}

function refused(message: string): CoreError {
	return new CoreError('invalid-input', message, {
		hint: 'Run the project’s tests and give testResults: {total, passed, failed, skipped}.',
	});
}
