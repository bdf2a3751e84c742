/** PromptDocument is a document as a prompt holds it, between its marks. */
export interface PromptDocument {
	readonly number: number;
	readonly title: string;
	readonly from: string;
	readonly text: string;
}

/** documentsIn finds the documents of a prompt. */
export function documentsIn(prompt: string): PromptDocument[] {
	const marked = /=== document (\d+) begins, (\w+) ===\n([\s\S]*?)\n=== document \1 ends, \2 ===/g;
	return [...prompt.matchAll(marked)].map(([, number = '', , body = '']) => {
		const [head = '', ...rest] = body.split('\n\n');
		const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? '';
		return { number: Number(number), title: line('Title'), from: line('From'), text: rest.join('\n\n') };
	});
}

/** goalIn is the goal that a planner is asked to plan. */
export function goalIn(prompt: string): string {
	return /^The goal, in the person's words:\n([\s\S]*?)(?:\n\n|$)/m.exec(prompt)?.[1] ?? '';
}

/** addressesIn finds the addresses in a text. */
export function addressesIn(text: string): string[] {
	return [...text.matchAll(/https?:\/\/[^\s<>()"”]+/g)].map(([address]) => address.replace(/[.,;:]$/, ''));
}

/** partAfter is what stands under a line of a prompt, up to the next gap. */
export function partAfter(prompt: string, line: string): string {
	const at = prompt.indexOf(`${line}\n`);
	return at < 0 ? '' : (prompt.slice(at + line.length + 1).split('\n\n')[0] ?? '');
}

/** PromptTable is the table from which a model is asked to advise: criterion → values in the order of the items. */
export interface PromptTable {
	readonly items: readonly string[];
	readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** tableIn reads the table of a prompt. */
export function tableIn(prompt: string): PromptTable {
	const text = documentsIn(prompt)[0]?.text ?? '';
	const items = [...text.matchAll(/^Item \d+: (.*)$/gm)].map(([, name = '']) => name);
	const rows = text
		.split(/^Criterion: /m)
		.slice(1)
		.map((part): [string, string[]] => {
			const [name = '', ...lines] = part.trim().split('\n');
			return [name, lines.map((line) => line.replace(/^- item \d+: /, ''))];
		});
	return { items, rows: new Map(rows) };
}
