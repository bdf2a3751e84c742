import { ErrandClient } from '@errand/client/errand-client.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';

interface Run {
	readonly server: { readonly url: string; readonly token: string };
	/** The text of a workflow, or the name of one that the server has. */
	readonly subject: { readonly text: string } | { readonly name: string };
	readonly input: JsonObject;
	readonly signal: AbortSignal;
	readonly say: (line: string) => void;
}

/** runOnServer runs a workflow and shows what it gives; rejects with an ErrandError where it fails. */
export async function runOnServer({ server, subject, input, signal, say }: Run): Promise<void> {
	const client = new ErrandClient(server);
	const { id } =
		'text' in subject
			? await client.runWorkflowText(subject.text, input, { signal })
			: await client.runWorkflow(subject.name, input, { signal });
	say(`Task ${id}: ${server.url}/#/tasks/${id}`);
	const { text, output } = await client.result(id, { signal });
	say(text);
	// A value that is no text is shown as JSON already.
	if (output !== undefined && typeof output !== 'string' && !text.startsWith('```json'))
		say(JSON.stringify(output, null, 2));
}
