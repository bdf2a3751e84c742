/** EditorRules is the file in which an editor or an agent looks for a project's rules. */
interface EditorRules {
	readonly path: string;
	/** What the editor wants above the text. */
	readonly head?: string | undefined;
	/** Others write into the same file: only the part between our marks is ours. */
	readonly shared?: true | undefined;
}

/** EDITOR_RULES are the profiles that the `rules` tool knows. */
export const EDITOR_RULES = {
	amp: { path: 'AGENTS.md', shared: true },
	claude: { path: 'CLAUDE.md', shared: true },
	cline: { path: '.clinerules/errand-backlog.md' },
	codex: { path: 'AGENTS.md', shared: true },
	cursor: {
		path: '.cursor/rules/errand-backlog.mdc',
		head: '---\ndescription: How this project keeps its backlog\nalwaysApply: true\n---\n\n',
	},
	gemini: { path: 'GEMINI.md', shared: true },
	kilo: { path: '.kilo/rules/errand-backlog.md' },
	kiro: { path: '.kiro/steering/errand-backlog.md' },
	opencode: { path: 'AGENTS.md', shared: true },
	roo: { path: '.roo/rules/errand-backlog.md' },
	trae: { path: '.trae/rules/errand-backlog.md' },
	vscode: {
		path: '.github/instructions/errand-backlog.instructions.md',
		head: "---\napplyTo: '**'\n---\n\n",
	},
	windsurf: { path: '.windsurf/rules/errand-backlog.md' },
	zed: { path: '.rules', shared: true },
} as const satisfies Readonly<Record<string, EditorRules>>;

export type EditorName = keyof typeof EDITOR_RULES;

/** isEditorName recognises a profile. */
export function isEditorName(name: string): name is EditorName {
	return Object.hasOwn(EDITOR_RULES, name);
}

/** rulesWith is the editor's file with our rules in it; what others wrote there stays. */
export function rulesWith(name: EditorName, before: string | undefined): string {
	const { head = '', shared }: EditorRules = EDITOR_RULES[name];
	if (shared === undefined) return `${head}${TEXT}`;
	const rest = (rulesWithout(name, before) ?? '').trimEnd();
	return `${rest === '' ? '' : `${rest}\n\n`}${BEGIN}\n${TEXT}${END}\n`;
}

/** rulesWithout is the editor's file without our rules; undefined where nothing is left of it. */
export function rulesWithout(name: EditorName, before: string | undefined): string | undefined {
	const { shared }: EditorRules = EDITOR_RULES[name];
	if (shared === undefined || before === undefined) return undefined;
	const begin = before.indexOf(BEGIN);
	const end = before.indexOf(END, begin);
	if (begin === -1 || end === -1) return before;
	const rest = `${before.slice(0, begin).trimEnd()}\n\n${before.slice(end + END.length).trimStart()}`.trim();
	return rest === '' ? undefined : `${rest}\n`;
}

const BEGIN = '<!-- errand-backlog: begin -->';
const END = '<!-- errand-backlog: end -->';

const TEXT = `# The backlog of this project

What is to be done stands in \`.taskmaster/tasks/tasks.json\`. Read and change it through the tools of the backlog's MCP
server rather than by hand; every call names this folder as \`projectRoot\`.

- Begin with \`next_task\`: it gives what can be started now. \`get_task\` shows all of one, \`get_tasks\` lists them.
- Set a task to \`in-progress\` when you start it and to \`done\` when what its test strategy asks for has been seen to work
  (\`set_task_status\`).
- Split what is too big for one sitting with \`expand_task\`, after \`analyze_project_complexity\` said where that pays.
- Write down with \`update_subtask\` what you found out and what you decided, so that the next one need not find it again.
- When work shows that something else has to come first, say so with \`add_task\` and \`add_dependency\`.
- \`parse_prd\` makes tasks of a document in \`.taskmaster/docs\`; \`research\` looks things up on the web.
- \`run_task\` hands a task to Errand, which carries it out and sets its status.
`;
