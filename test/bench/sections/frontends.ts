import { measureAccepted } from '../frontends/accepted.ts';
import { measureAcknowledged } from '../frontends/acknowledged.ts';
import { measureMemory } from '../frontends/memory.ts';
import { measureReactions } from '../frontends/reactions.ts';
import { ms, rate, type Section } from '../section.ts';

/** measureFrontends looks at how messages come in over all frontends, and how soon something is seen of it. */
export async function measureFrontends(): Promise<Section> {
	const accepted = await measureAccepted();
	const acknowledged = await measureAcknowledged();
	const reactions = await measureReactions();
	const memory = await measureMemory();
	const intro =
		'The server as it ships, with the platforms played on loopback by one process that also sends: it shares the two processors with the server, and its work is in every figure, in the bare ones too. Those are the platforms’ own libraries and a row in SQLite for each message, as durable as ours (WAL, FULL, one commit per turn of the event loop).';
	const parts = { Inbound: accepted, Webhooks: acknowledged, Reactions: reactions, Memory: memory };
	return {
		title: 'Frontends',
		how: [intro, ...Object.entries(parts).map(([name, { how }]) => `**${name}.** ${how}`)].join('\n\n'),
		tables: Object.values(parts).map(({ table }) => table),
		goals: [
			{
				what: 'inbound messages accepted a second, slowest way',
				wanted: '≥ 1,000',
				measured: rate(accepted.slowest),
				met: accepted.slowest >= 1_000,
			},
			...acknowledged.slowest.map(({ load, p99 }) => ({
				what: `webhook acknowledged, ${load}, p99 of the slowest kind`,
				wanted: '≤ 50 ms',
				measured: `${ms(p99)} ms`,
				met: p99 <= 50,
			})),
		],
	};
}

if (import.meta.main) console.dir(await measureFrontends(), { depth: null });
