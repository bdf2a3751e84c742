import type { RecordedAgentFact } from '../../domain/agent/facts.ts';
import type { AgentMessage } from '../../domain/agent/message.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { IEventStore } from '../../ports/event-store.ts';

const PAGE = 200;

/** keptMessages reads what messages say from the facts that accepted them, because thousands may wait; one that was erased is left out. */
export async function keptMessages(
	store: Pick<IEventStore, 'read'>,
	stream: StreamId,
	seqs: readonly number[],
): Promise<ReadonlyMap<number, AgentMessage>> {
	const found = new Map<number, AgentMessage>();
	const wanted = new Set(seqs);
	let reached = 0;
	for (const seq of [...seqs].sort((a, b) => a - b)) {
		if (seq <= reached) continue;
		const facts = await store.read(stream, seq - 1, Math.min(PAGE, seqs.length));
		for (const stored of facts) {
			// Facts of an agent's stream are of this kind, or erased.
			const fact = stored as unknown as RecordedAgentFact;
			if (fact.type === 'MessageAccepted' && wanted.has(fact.seq)) found.set(fact.seq, fact.data.message);
			reached = fact.seq;
		}
	}
	return found;
}
