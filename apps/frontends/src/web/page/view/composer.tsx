import { formatBytes } from '@errand/core/domain/amounts.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { addFiles, limitsInWords } from '../state/files.ts';
import { useStores } from '../state/stores.ts';
import { AimNote, aimedText, useAim } from './composer-aim.tsx';
import { Icon } from './icon.tsx';

/** Composer is where a person writes and puts files: typed, picked, dropped or pasted. */
export function Composer() {
	const { conversation, draft: text } = useStores();
	const files = useSignal<readonly File[]>([]);
	const refused = useSignal<readonly string[]>([]);
	const field = useRef<HTMLTextAreaElement>(null);
	const picker = useRef<HTMLInputElement>(null);
	const aim = useAim();

	const take = (added: Iterable<File>) => {
		const outcome = addFiles(files.value, [...added]);
		files.value = outcome.files;
		refused.value = outcome.refused;
	};
	const send = () => {
		if (text.value.trim() === '' && files.value.length === 0) return;
		conversation.send(aimedText(aim, text.value.trim()), files.value);
		aim.pass(false);
		text.value = '';
		files.value = [];
		refused.value = [];
		field.current?.focus();
	};
	const dropping = useDrop(take);
	useEffect(() => {
		// On a phone the keyboard would cover what there is to read.
		if (matchMedia('(hover: hover)').matches) field.current?.focus();
	}, []);
	useGrowing(field, text.value);

	return (
		<form
			class={`composer${dropping ? ' dropping' : ''}`}
			onSubmit={(event) => {
				event.preventDefault();
				send();
			}}
		>
			{dropping && <p class="drop-hint">Drop files here: {limitsInWords()}</p>}
			{files.value.length > 0 && (
				<ul class="chips" aria-label="Files to send">
					{files.value.map((file, index) => (
						<li class="chip" key={index}>
							<Icon name="file" />
							<span class="chip-name">{file.name}</span>
							<span class="muted">{formatBytes(file.size)}</span>
							<button
								type="button"
								class="chip-remove"
								aria-label={`Remove ${file.name}`}
								onClick={() => {
									files.value = files.value.filter((_, other) => other !== index);
								}}
							>
								<Icon name="close" />
							</button>
						</li>
					))}
				</ul>
			)}
			{refused.value.length > 0 && (
				<p class="composer-problem" role="alert">
					Not attached: {refused.value.join('; ')}. A message takes {limitsInWords()}.
				</p>
			)}
			<AimNote aim={aim} id="composer-aim" />
			<div class="composer-row">
				<button
					type="button"
					class="icon-button"
					aria-label="Attach files"
					title={`Attach files: ${limitsInWords()}`}
					onClick={() => picker.current?.click()}
				>
					<Icon name="attach" />
				</button>
				<input
					ref={picker}
					type="file"
					multiple
					hidden
					onChange={(event) => {
						take(event.currentTarget.files ?? []);
						event.currentTarget.value = '';
					}}
				/>
				<textarea
					ref={field}
					rows={1}
					value={text.value}
					placeholder={aim.answers ? 'Your answer' : 'What should be done?'}
					aria-label="Message"
					aria-describedby="composer-aim composer-keys"
					enterkeyhint="send"
					onInput={(event) => {
						text.value = event.currentTarget.value;
					}}
					onPaste={(event) => {
						const pasted = event.clipboardData?.files;
						if (pasted === undefined || pasted.length === 0) return;
						event.preventDefault();
						take(pasted);
					}}
					onKeyDown={(event) => {
						if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
						event.preventDefault();
						send();
					}}
				/>
				<button
					type="submit"
					class="icon-button send-button"
					aria-label="Send"
					disabled={text.value.trim() === '' && files.value.length === 0}
				>
					<Icon name="send" />
				</button>
			</div>
			<p class="composer-keys" id="composer-keys">
				Enter sends, Shift+Enter starts a new line
			</p>
		</form>
	);
}

/** Files may be dropped anywhere on the page; a browser would otherwise leave it to open them. */
function useDrop(take: (files: Iterable<File>) => void): boolean {
	const over = useSignal(false);
	const latest = useRef(take);
	latest.current = take;
	useEffect(() => {
		const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
		const onOver = (event: DragEvent) => {
			if (!holdsFiles(event)) return;
			event.preventDefault();
			over.value = true;
		};
		const onLeave = (event: DragEvent) => {
			if (event.relatedTarget === null) over.value = false;
		};
		const onDrop = (event: DragEvent) => {
			if (!holdsFiles(event)) return;
			event.preventDefault();
			over.value = false;
			latest.current(event.dataTransfer?.files ?? []);
		};
		addEventListener('dragover', onOver);
		addEventListener('dragleave', onLeave);
		addEventListener('drop', onDrop);
		return () => {
			removeEventListener('dragover', onOver);
			removeEventListener('dragleave', onLeave);
			removeEventListener('drop', onDrop);
		};
	}, [over]);
	return over.value;
}

function useGrowing(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
	useLayoutEffect(() => {
		const element = field.current;
		if (element === null) return;
		element.style.height = 'auto';
		element.style.height = `${Math.min(element.scrollHeight + 2, 220)}px`;
	}, [field, text]);
}
