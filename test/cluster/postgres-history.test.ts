import { historyCrypto, newHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { eventStoreContract } from '@errand/core/testing/event-store.contract.ts';
import { historyAuditContract } from '@errand/core/testing/history-audit.contract.ts';
import { secretVaultContract } from '@errand/core/testing/secret-vault.contract.ts';
import { beforeAll } from 'vitest';
import { emptyHistory, newDatabase, openHistory } from './support/open-new-history.ts';

let url = '';
beforeAll(async () => {
	url = await newDatabase();
	await (await openHistory(url)).close();
});

async function open() {
	await emptyHistory(url);
	return openHistory(url, { signer: newHistorySigner() });
}

eventStoreContract('Postgres', open);
historyAuditContract('Postgres', { crypto: historyCrypto, open });
secretVaultContract('Postgres', async () => {
	const history = await open();
	return { vault: history.vault(Buffer.alloc(32, 7)), close: () => history.close() };
});
