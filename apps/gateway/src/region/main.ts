import { compareHistories } from '@errand/core/adapters/postgres/region/compare-histories.ts';
import { adoptRegion, regionOf, retireRegion } from '@errand/core/adapters/postgres/region/region-row.ts';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import { type RegionConfig, readRegionConfig } from './config.ts';

const USAGE = `npm run region -- show      which region drives the database of DATABASE_URL, and the one of DATABASE_PEER_URL
npm run region -- adopt     has ERRAND_REGION drive the database, promoted by now, under a new epoch
npm run region -- retire    has the database take nothing more, because the other region drives its own under a newer epoch
npm run region -- compare   what stands in the database and not in the other one; changes neither

docs/regions.md says when to use which.`;

const tell = (line: string) => process.stdout.write(`${line}\n`);

try {
	const [command = '', ...more] = process.argv.slice(2);
	const act = more.length === 0 ? commands()[command] : undefined;
	if (act === undefined) throw new CoreError('invalid-input', 'What is to be done?', { hint: USAGE });
	await act(readRegionConfig());
} catch (error) {
	if (!isCoreError(error)) throw error;
	process.stderr.write(`${error.message}\n${error.hint}\n`);
	process.exitCode = error.code === 'invalid-input' ? 2 : 1;
}

function commands(): Readonly<Record<string, (config: RegionConfig) => Promise<void>>> {
	return { show, adopt, retire, compare };
}

async function show({ url, peerUrl }: RegionConfig): Promise<void> {
	tell(`here: ${await described(url)}`);
	if (peerUrl !== undefined) tell(`there: ${await described(peerUrl)}`);
}

/** The other database may have epochs that never came here. */
async function adopt({ name, url, peerUrl }: RegionConfig): Promise<void> {
	const there = peerUrl === undefined ? undefined : await regionOf(peerUrl).catch(() => undefined);
	const { epoch } = await adoptRegion(url, name, there?.epoch);
	tell(`Region "${name}" drives this database from now on, under epoch ${epoch}. Start its gateways.`);
	if (peerUrl === undefined) return;
	const told = await retireRegion(peerUrl, { name, epoch }).catch(() => false);
	tell(
		told
			? 'The other database takes nothing more.'
			: 'The other database could not be told; it learns of it when it is back.',
	);
}

async function retire({ url, peerUrl }: RegionConfig): Promise<void> {
	const there = peerUrl === undefined ? undefined : await regionOf(peerUrl);
	if (there === undefined) {
		throw new CoreError('not-possible', 'Nothing says that another region drives.', {
			hint: 'Set DATABASE_PEER_URL to the database of the region that took over.',
		});
	}
	tell((await retireRegion(url, there)) ? 'This database takes nothing more.' : 'Nothing to do: no newer epoch.');
}

async function compare({ url, peerUrl }: RegionConfig): Promise<void> {
	if (peerUrl === undefined) {
		throw new CoreError('invalid-config', 'DATABASE_PEER_URL is not set.', { hint: 'Set it to the other database.' });
	}
	let streams = 0;
	for await (const { stream, fromSeq, facts } of compareHistories(url, peerUrl)) {
		streams++;
		tell(`${stream}: ${facts} facts from ${fromSeq} on stand here only`);
	}
	tell(
		streams === 0
			? 'The other database has everything.'
			: `${streams} streams have something that the other database lacks.`,
	);
}

async function described(url: string): Promise<string> {
	const region = await regionOf(url);
	return region === undefined ? 'no region' : `"${region.name}", epoch ${region.epoch}`;
}
