import type { ConversationSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { readPages } from '../../state/conversation-list.ts';
import { createFresh } from '../../state/fresh.ts';
import type { PeopleApi } from '../../state/people-api.ts';
import { conversationAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { labelOf, placeOf } from '../../text/platform.ts';
import { ProblemNote } from '../problem-note.tsx';
import { PlatformIcon } from './platform-icon.tsx';

const EVERY_MS = 10_000;

/** ConversationsPage lists one's conversations on other frontends, with what did not arrive there. */
export function ConversationsPage({ api }: { readonly api: PeopleApi }) {
	const pages = useSignal(1);
	const read = useMemo(() => createFresh(() => readPages(api, pages.peek()), EVERY_MS), [api, pages]);
	useEffect(() => read.watch(), [read]);
	const held = read.value.value?.conversations;
	const problem = read.problem.value;
	return (
		<>
			<header class="settings-head">
				<h1>Conversations elsewhere</h1>
				<p class="muted">What you and Errand wrote to each other on every frontend.</p>
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{held === undefined && problem === undefined && <p class="muted">Loading…</p>}
			{held?.length === 0 && (
				<p class="muted">
					None yet. Once you write to Errand on another frontend, it shows here. <a href="/#/frontends">Frontends</a>
				</p>
			)}
			{held !== undefined && held.length > 0 && (
				<section class="panel">
					<ul class="rows">
						{held.map((conversation) => (
							<Held key={conversation.id} conversation={conversation} />
						))}
					</ul>
				</section>
			)}
			{read.value.value?.more === true && (
				<button
					type="button"
					class="quiet-button"
					onClick={() => {
						pages.value += 1;
						void read.refresh();
					}}
				>
					Show older ones
				</button>
			)}
		</>
	);
}

function Held({ conversation }: { readonly conversation: ConversationSummary }) {
	const { id, frontend, lastAt, undelivered } = conversation;
	return (
		<li class="row">
			<PlatformIcon name={frontend} />
			<div class="row-words">
				<p class="row-name">
					<a href={conversationAddress(id)}>
						{labelOf(frontend)} · {placeOf(id)}
					</a>
				</p>
				<p class="row-meta">last word {ago(lastAt, Date.now())}</p>
			</div>
			{undelivered > 0 && <span class="badge badge-bad">{undelivered} undelivered</span>}
		</li>
	);
}
