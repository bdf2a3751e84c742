import { asTaskId } from '../../domain/ids.ts';
import { RedisKeys } from './redis-keys.ts';

/**
 * workerAcl are the rules for Redis's `ACL SETUSER` under which a worker can do its work and nothing else: it sees jobs, the
 * sessions and the list of workers, and may tell outcomes and progress. It can read no facts, no reports of others and no keys
 * of anybody else on the same Redis, and can hold no lease of a gateway. `oneSlot`: for a Redis Cluster.
 */
export function workerAcl(cluster: string, names: { readonly oneSlot?: boolean } = {}): readonly string[] {
	const keys = new RedisKeys(cluster, names);
	const all = '*';
	const readAndWritten = [
		keys.marker,
		...(['alive', 'told', 'changes', 'gone', 'state'] as const).map((part) => keys.registry(part)),
		keys.orders(all),
		keys.declared(all),
		keys.programs,
		keys.program(all, all),
		keys.programAnswers(all),
		keys.sessionPlaces,
		keys.sessionHolder(all),
		keys.sessionClosing(all),
		keys.sessionState(asTaskId(all)),
		// BullMQ's names of a queue begin with its prefix.
		keys.queuePrefix(all) + all,
		keys.nudge(all),
	];
	const read = [keys.services('alive'), keys.services('offers')];
	const written = [keys.outcomes(), keys.outcomes(all)];
	const channels = [
		keys.taskChannel(asTaskId(all)),
		keys.answersChannel(all),
		keys.ordersChannel(all),
		keys.cancelsChannel,
		keys.workersChannel,
		keys.servicesChannel,
		keys.programsChannel,
		...SERVICES_OF_WORKERS.flatMap((name) => [
			keys.serviceCallsChannel(name, all),
			keys.serviceAnswersChannel(name, all),
		]),
	];
	return [
		...['resetkeys', 'resetchannels', ...COMMANDS],
		...readAndWritten.map((key) => `~${key}`),
		...read.map((key) => `%R~${key}`),
		...written.map((key) => `%W~${key}`),
		...channels.map((channel) => `&${channel}`),
	];
}

/**
 * programAcl are the rules under which a program of somebody else can take part and do nothing else: it says what it can do, takes
 * its own calls and answers them. `name` is how its instances' names begin. `oneSlot`: for a Redis Cluster.
 */
export function programAcl(
	cluster: string,
	name: string,
	names: { readonly oneSlot?: boolean } = {},
): readonly string[] {
	const keys = new RedisKeys(cluster, names);
	return [
		...['resetkeys', 'resetchannels', '-@all', '+ping', '+set', '+del', '+sadd', '+srem'],
		...['+blpop', '+rpush', '+pexpire', '+publish', '+hello', '+auth'],
		`~${keys.programs}`,
		`~${keys.program(`${name}*`, '*')}`,
		`%W~${keys.programAnswers('*')}`,
		`&${keys.programsChannel}`,
	];
}

/** What workers may ask of other processes: language models, so that they need no keys of providers. They offer nothing. */
const SERVICES_OF_WORKERS = ['models'];

/** What reads and writes keys, as far as keys are allowed; nothing that looks around, or that holds up or changes the server. */
const COMMANDS = [
	...['-@all', '+@read', '+@write', '+@blocking', '+@connection', '+@transaction', '-@dangerous'],
	...['+publish', '+subscribe', '+unsubscribe', '+eval', '+evalsha', '+script|load', '+time', '+info'],
	'+cluster|slots',
	...['-scan', '-randomkey', '-dbsize', '-function', '-fcall'],
];
