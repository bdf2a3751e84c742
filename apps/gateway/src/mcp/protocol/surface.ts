import type {
	CallToolResult,
	CompleteRequestParams,
	GetPromptResult,
	Implementation,
	InputRequiredResult,
	ListResourcesResult,
	Prompt,
	ReadResourceResult,
	ResourceTemplateType,
	ServerCapabilities,
	ServerContext,
	Tool,
} from '@modelcontextprotocol/server';

/** ClientAbilities is what the client of a call can do beyond asking. */
export interface ClientAbilities {
	/** Shows a person a form. */
	readonly forms: boolean;
	/** Opens an address for a person. */
	readonly links: boolean;
	/** Tells which folders are open. */
	readonly roots: boolean;
	/** Takes a task in place of an answer and asks for it later. */
	readonly tasks: boolean;
}

/** McpCall is what comes with a request besides its arguments. */
export interface McpCall {
	readonly client: ClientAbilities;
	/** What the client's person answered to what was asked in the round before. */
	readonly inputs: Readonly<Record<string, unknown>> | undefined;
	/** What the round before wanted to be told again; whatever the client made of it. */
	readonly state: string | undefined;
	readonly signal: AbortSignal;
	/** Tells how far it is, 0–100; what would go backwards is left out. */
	progress(percent: number, text?: string): void;
	/** The request as the SDK has it. */
	readonly sdk: ServerContext;
}

/** StartedTask answers a tool call with a task to ask for later. */
export type StartedTask = { readonly resultType: 'task' } & Omit<McpTask, 'result' | 'error' | 'inputRequests'>;

/** McpTask is a task of the protocol's tasks extension. */
export interface McpTask {
	readonly taskId: string;
	readonly status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
	readonly statusMessage?: string | undefined;
	/** ISO 8601 */
	readonly createdAt: string;
	readonly lastUpdatedAt: string;
	readonly ttlMs: number | null;
	readonly pollIntervalMs?: number | undefined;
	readonly result?: CallToolResult | undefined;
	readonly error?: { readonly code: number; readonly message: string } | undefined;
	readonly inputRequests?: InputRequiredResult['inputRequests'];
}

/** ToolAnswer is what a tool call may come to. */
export type ToolAnswer = CallToolResult | InputRequiredResult | StartedTask;

/** McpTasks are the tasks that tool calls started. Unknown ones are refused with CoreError `not-found`. */
export interface McpTasks {
	get(taskId: string): Promise<McpTask>;
	cancel(taskId: string): Promise<void>;
	/** Hands in what `inputRequests` of a task asked for. */
	update(taskId: string, inputs: Readonly<Record<string, unknown>>): Promise<void>;
}

/** McpListing is what a surface offers, known without asking anybody. */
export interface McpListing {
	readonly info: Implementation;
	readonly instructions: string;
	readonly tools: readonly Tool[];
	readonly prompts: readonly Prompt[];
	readonly resourceTemplates: readonly ResourceTemplateType[];
	/** Capabilities beside those that follow from the rest. */
	readonly capabilities?: ServerCapabilities | undefined;
}

/**
 * McpSurface is one caller's view of what is offered over MCP, whatever carries it and in whichever version. Refusals are
 * CoreErrors, whose words reach the client; of a tool they are its answer.
 */
export interface McpSurface {
	readonly listing: McpListing;
	callTool(name: string, input: Readonly<Record<string, unknown>>, call: McpCall): Promise<ToolAnswer>;
	getPrompt(
		name: string,
		input: Readonly<Record<string, string>>,
		call: McpCall,
	): Promise<GetPromptResult | InputRequiredResult>;
	listResources(cursor: string | undefined): Promise<ListResourcesResult>;
	readResource(uri: string, call: McpCall): Promise<ReadResourceResult | InputRequiredResult>;
	/** Values that may stand for an argument, those that fit what was typed. */
	complete(request: CompleteRequestParams): Promise<readonly string[]>;
	/** Hears of every change of a resource from now on; returns the way to stop. */
	follow(uri: string, changed: () => void): Promise<() => void>;
	readonly tasks?: McpTasks | undefined;
	/** The client said that its folders changed. */
	rootsChanged?(): void;
}
