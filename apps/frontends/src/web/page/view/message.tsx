import { formatBytes } from '@errand/core/domain/amounts.ts';
import type { TimelineItem } from '../fold/timeline.ts';
import { useStores } from '../state/stores.ts';
import { clockTime } from '../text/ago.ts';
import { Icon } from './icon.tsx';
import { ProblemNote } from './problem-note.tsx';

/** Message is what the person said, at once, with word of whether the server has it. */
export function Message({ item }: { readonly item: Extract<TimelineItem, { kind: 'message' }> }) {
	const { conversation } = useStores();
	const clientId = item.key.slice(2);
	return (
		<div class={`message message-${item.status}`}>
			<div class="bubble">
				{item.text !== '' && <p class="message-text">{item.text}</p>}
				{item.files.length > 0 && (
					<ul class="chips" aria-label="Attached files">
						{item.files.map((file, index) => (
							<li class="chip" key={index}>
								<Icon name="file" />
								<span class="chip-name">{file.name}</span>
								{file.bytes !== undefined && <span class="muted">{formatBytes(file.bytes)}</span>}
							</li>
						))}
					</ul>
				)}
			</div>
			<p class="message-meta">
				{item.status === 'sending' && 'sending…'}
				{item.status === 'sent' && `sent ${clockTime(item.at)}`}
				{item.status === 'refused' && 'not sent'}
			</p>
			{item.status === 'refused' && item.problem !== undefined && (
				<ProblemNote problem={item.problem}>
					<div class="button-row">
						<button type="button" class="button" onClick={() => conversation.resend(clientId)}>
							<Icon name="retry" />
							Send again
						</button>
						<button type="button" class="quiet-button" onClick={() => conversation.discard(clientId)}>
							Discard
						</button>
					</div>
				</ProblemNote>
			)}
		</div>
	);
}
