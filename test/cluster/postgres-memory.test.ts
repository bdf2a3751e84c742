import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryIndexContract } from '@errand/core/testing/memory-index.contract.ts';
import { newDatabase, openHistory } from './support/open-new-history.ts';

const corpora = process.env['ERRAND_CORPORA_DIR'];
const naughty: string[] = corpora === undefined ? [] : JSON.parse(readFileSync(join(corpora, 'blns.json'), 'utf8'));

memoryIndexContract(
	'Postgres',
	async () => {
		const history = await openHistory(await newDatabase());
		return { index: history.memoryIndex, close: () => history.close() };
	},
	naughty,
);
