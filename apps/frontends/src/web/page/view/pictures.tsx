import { useSignal } from '@preact/signals';
import type { Picture } from '../fold/pictures.ts';
import { artifactAddress } from '../state/api.ts';

/** Pictures are images small, side by side; a click shows one large. */
export function Pictures({ pictures, first }: { readonly pictures: readonly Picture[]; readonly first: number }) {
	const all = useSignal(false);
	if (pictures.length === 0) return null;
	const shown = all.value ? pictures : pictures.slice(0, first);
	return (
		<div class="pictures">
			{shown.map((picture) => (
				<a class="picture" key={picture.id} href={artifactAddress(picture.id)}>
					<img src={artifactAddress(picture.id)} alt={picture.alt} loading="lazy" decoding="async" />
				</a>
			))}
			{shown.length < pictures.length && (
				<button
					type="button"
					class="button small-button"
					onClick={() => {
						all.value = true;
					}}
				>
					{pictures.length - shown.length} more
				</button>
			)}
		</div>
	);
}
