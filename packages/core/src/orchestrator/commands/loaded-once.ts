/**
 * loadedOnce loads something with its first use and gives the same from then on; after a failure it tries again. To import a
 * module once more costs a way through Node's loader each time, which shows where it is done for every run.
 */
export function loadedOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
	let loading: Promise<Loaded> | undefined;
	return () => {
		loading ??= load().catch((error: unknown) => {
			loading = undefined;
			throw error;
		});
		return loading;
	};
}
