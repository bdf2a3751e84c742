import { render } from 'preact';
import { createStores, StoresProvider } from './state/stores.ts';
import { App } from './view/app.tsx';
import { loadMarkdown } from './view/markdown.tsx';

const root = document.getElementById('page');
if (root !== null) {
	root.replaceChildren();
	render(
		<StoresProvider value={createStores()}>
			<App />
		</StoresProvider>,
		root,
	);
	// Without it everything works, only plainer.
	loadMarkdown().catch(() => undefined);
}
