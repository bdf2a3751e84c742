import { useStores } from '../state/stores.ts';

/** ModelNotice tells somebody with work under way, quietly and for a while, that a model fails or is back. */
export function ModelNotice() {
	return (
		<p class="model-notice" role="status">
			{useStores().modelNews.value}
		</p>
	);
}
