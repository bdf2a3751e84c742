import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const SHOWN_MS = 2_000;

/** CopyButton puts a text on the clipboard, and says whether it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
	const said = useSignal('');
	useEffect(() => {
		if (said.value === '') return;
		const timer = setTimeout(() => {
			said.value = '';
		}, SHOWN_MS);
		return () => clearTimeout(timer);
	}, [said.value]);
	const copy = () =>
		writeClipboard(text).then(
			() => {
				said.value = 'Copied';
			},
			() => {
				said.value = 'Select it and copy by hand';
			},
		);
	return (
		<>
			<button type="button" class="quiet-button" aria-label={label} onClick={() => void copy()}>
				{said.value === '' ? 'Copy' : said.value}
			</button>
			<span class="only-heard" role="status">
				{said.value}
			</span>
		</>
	);
}

/** Over plain http on another host there is no clipboard. */
async function writeClipboard(text: string): Promise<void> {
	await navigator.clipboard.writeText(text);
}
