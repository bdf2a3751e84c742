import { formatBytes } from '@errand/core/domain/amounts.ts';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { useSignal } from '@preact/signals';
import { previewOf } from '../fold/preview.ts';
import { artifactAddress } from '../state/api.ts';
import { useStores } from '../state/stores.ts';
import { useAction } from './act.ts';
import { Icon } from './icon.tsx';
import { Markdown } from './markdown.tsx';
import { ProblemNote } from './problem-note.tsx';

/** ArtifactCard is a file: a look at it, and the way to keep it. */
export function ArtifactCard({ artifact }: { readonly artifact: ArtifactRef }) {
	const { api } = useStores();
	const open = useSignal(false);
	const text = useSignal<string | undefined>(undefined);
	const action = useAction();
	const preview = previewOf(artifact);
	const address = artifactAddress(artifact.id);
	const toggle = () => {
		open.value = !open.value;
		if (!open.value || text.value !== undefined || preview === 'image') return;
		action.run(async () => {
			text.value = await api.text(artifact.id);
		});
	};
	return (
		<div class="artifact">
			<div class="artifact-head">
				<Icon name="file" />
				<span class="artifact-name">{artifact.name}</span>
				<span class="muted">{formatBytes(artifact.bytes)}</span>
				<span class="artifact-buttons">
					{preview === 'page' && (
						<a class="button small-button" href={address} target="_blank" rel="noopener noreferrer">
							Open
						</a>
					)}
					{(preview === 'markdown' || preview === 'text' || preview === 'image') && (
						<button type="button" class="button small-button" aria-expanded={open.value} onClick={toggle}>
							{open.value ? 'Close' : 'Preview'}
						</button>
					)}
					<a class="button small-button" href={address} download={artifact.name}>
						<Icon name="download" />
						Download
					</a>
				</span>
			</div>
			{open.value && (
				<div class="preview">
					{preview === 'image' && <img src={address} alt={artifact.name} />}
					{preview === 'markdown' && text.value !== undefined && <Markdown text={text.value} />}
					{preview === 'text' && text.value !== undefined && <pre>{text.value}</pre>}
					{action.busy.value && <p class="muted">Reading…</p>}
					{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
				</div>
			)}
		</div>
	);
}
