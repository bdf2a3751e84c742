import { useEffect, useMemo } from 'preact/hooks';
import { timeline } from '../../fold/timeline.ts';
import type { Api } from '../../state/api.ts';
import { createFresh } from '../../state/fresh.ts';
import { useStores } from '../../state/stores.ts';
import { labelOf, placeOf } from '../../text/platform.ts';
import { Item } from '../chat.tsx';
import { Icon } from '../icon.tsx';
import { ProblemNote } from '../problem-note.tsx';

const EVERY_MS = 15_000;

/** HeldConversationPage shows a conversation that is held on another frontend, to read. */
export function HeldConversationPage({ id }: { readonly id: string }) {
	const { api } = useStores();
	const read = useMemo(() => createFresh(() => readWhole(api, id), EVERY_MS), [api, id]);
	useEffect(() => read.watch(), [read]);
	const items = useMemo(() => timeline(read.value.value ?? [], []), [read.value.value]);
	const problem = read.problem.value;
	const [frontend = ''] = id.split('-', 1);
	return (
		<>
			<header class="settings-head">
				<a class="back" href="/#/conversations">
					<Icon name="back" />
					Conversations
				</a>
				<h1>
					{labelOf(frontend)} · {placeOf(id)}
				</h1>
				<p class="muted">Held on {labelOf(frontend)}; write there to go on with it.</p>
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{read.value.value === undefined && problem === undefined && <p class="muted">Loading…</p>}
			<div class="held-timeline" role="log" aria-label="Conversation">
				{items.map((item) => (
					<Item key={item.key} item={item} />
				))}
			</div>
		</>
	);
}

async function readWhole(api: Api, id: string) {
	const entries = [];
	for (let after = 0; ; ) {
		const page = await api.entries(id, after);
		entries.push(...page.entries);
		if (page.next <= after) return entries;
		after = page.next;
	}
}
