import { ErrandClient, ErrandError } from '@errand/client/errand-client.ts';
import { CoreError, describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { cleanText } from '../clean-text.ts';
import { readConfig } from '../config.ts';
import { runningServer } from '../find-server.ts';
import { createPaint } from '../paint.ts';
import { LETTERS_USAGE, type LetterOrder, parseLetterOrder } from './order.ts';
import { renderLetter, renderLetters } from './render-letters.ts';

const DONE = 0;
const REFUSED = 1;
const NO_USE = 2;

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`${cleanText(describeError(error))}\n`);
	if (isCoreError(error)) process.stderr.write(`${cleanText(error.hint)}\n`);
	process.exitCode = error instanceof ErrandError && error.status !== 0 ? REFUSED : NO_USE;
}

async function main(words: readonly string[]): Promise<number> {
	const order = parseLetterOrder(words);
	if (order.kind === 'help') return print(LETTERS_USAGE);
	const config = readConfig();
	const paint = createPaint(config.color && process.stdout.isTTY === true);
	const client = new ErrandClient((await runningServer(config)) ?? throwNoServer(config.dataDir));
	if (order.kind === 'list') return print(renderLetters((await client.deadLetters()).map(known), paint));
	if (order.kind === 'show') return print(renderLetter(known(await client.deadLetter(order.id)), paint));
	return change(client, order);
}

async function change(
	client: ErrandClient,
	{ kind, ids }: Extract<LetterOrder, { kind: 'replay' | 'drop' }>,
): Promise<number> {
	const meant = ids.join() === 'all' ? (await client.deadLetters()).map(({ id }) => id) : ids;
	let failed = 0;
	for (const id of meant) {
		try {
			await (kind === 'drop' ? client.dropDeadLetter(id) : client.replayDeadLetter(id));
			print(`${kind === 'drop' ? 'Left out' : 'Runs again'}: ${cleanText(id)}`);
		} catch (error) {
			// One that somebody else saw to must not keep the others waiting.
			if (!(error instanceof ErrandError) || error.status === 0) throw error;
			failed++;
			process.stderr.write(`${cleanText(`${id}: ${error.message}`)}\n`);
		}
	}
	if (meant.length === 0) print('Nothing of yours gave up.');
	return failed === 0 ? DONE : REFUSED;
}

function known<Letter extends { readonly taskId: string; readonly stepId: string }>(letter: Letter) {
	return { ...letter, taskId: asTaskId(letter.taskId), stepId: asStepId(letter.stepId) };
}

function throwNoServer(dataDir: string): never {
	throw new CoreError('not-found', `No server runs on the data directory ${dataDir}.`, {
		hint: 'Start it with npm start, or set ERRAND_URL and ERRAND_TOKEN to a server elsewhere.',
	});
}

function print(text: string): number {
	process.stdout.write(`${text}\n`);
	return DONE;
}
