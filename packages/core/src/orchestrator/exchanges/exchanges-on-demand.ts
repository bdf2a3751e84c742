import { StreamsOnDemand } from '../commands/streams-on-demand.ts';
import type { IExchangeDesk } from '../desks/exchanges.ts';
import type { ExchangeParts } from './exchange-streams.ts';

/** exchangesOnDemand are all exchanges with agents elsewhere, opened with the first call or the first that is owed something. */
export function exchangesOnDemand(parts: ExchangeParts): StreamsOnDemand<IExchangeDesk> {
	return new StreamsOnDemand<IExchangeDesk>({
		prefix: 'exchange-',
		calls: { begin: true, get: true, say: true, ofContext: true, setPush: true, deletePush: true },
		// They follow their tasks themselves.
		concerns: () => false,
		load: async () => {
			const { ExchangeStreams } = await import('./exchange-streams.ts');
			return new ExchangeStreams(parts);
		},
	});
}
