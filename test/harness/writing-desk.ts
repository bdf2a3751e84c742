import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '@errand/core/ports/planner.ts';
import { z } from 'zod';
import { inline } from './in-process-errand.ts';
import { catalogue as inChildren } from './writing-catalogue.ts';

/** Pen is a text that is being written: the test says how far it is, and when it is done. */
export interface Pen {
	/** The text so far, from its beginning. */
	write(partial: string): void;
	finish(outcome: PlanOutcome | Record<string, unknown>): void;
}

/** WritingDesk hands tests the pens of what is being written: answers that need no plan, and steps of `test.write`. */
export class WritingDesk {
	/** What `test.visit` takes for its screenshots. */
	screenshot: Uint8Array = new Uint8Array();
	readonly catalogueUrl = import.meta.resolve('./writing-catalogue.ts');
	readonly #plans: (request: PlanRequest, pen: string) => PlanOutcome | undefined;
	readonly #waiting: ((pen: Pen) => void)[] = [];
	readonly #pens: Pen[] = [];
	readonly #server: Server;

	private constructor(plans: (request: PlanRequest, pen: string) => PlanOutcome | undefined) {
		this.#plans = plans;
		this.#server = createServer((_request, response) => this.#hand(penOf(response)));
	}

	/** `plans` gives a plan, whose steps of `test.write` take `pen` as input, or nothing where the answer is to be written at once. */
	static async open(plans: (request: PlanRequest, pen: string) => PlanOutcome | undefined): Promise<WritingDesk> {
		const desk = new WritingDesk(plans);
		await new Promise<void>((done) => desk.#server.listen(0, '127.0.0.1', done));
		return desk;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((done) => this.#server.close(done));
	}

	/** The next thing that somebody begins to write. */
	pen(): Promise<Pen> {
		const pen = this.#pens.shift();
		if (pen !== undefined) return Promise.resolve(pen);
		return new Promise((resolve) => this.#waiting.push(resolve));
	}

	readonly planner: IPlanner = {
		plan: (request) => {
			const { port } = this.#server.address() as AddressInfo;
			const planned = this.#plans(request, `http://127.0.0.1:${port}/`);
			if (planned !== undefined) return Promise.resolve(planned);
			return new Promise((resolve) => {
				this.#hand({
					write: (partial) => request.onPartial?.(partial),
					finish: (outcome) => resolve(outcome as PlanOutcome),
				});
			});
		},
	};

	readonly catalogue: readonly ICapability[] = [
		...inChildren,
		inline('test.visit', (input, context) => this.#visit(input as Visit, context), {
			input: z.looseObject({}),
			output: z.looseObject({}),
		}),
	];

	async #visit({ title, url }: Visit, context: RunContext): Promise<unknown> {
		const name = `${title.toLowerCase().replaceAll(/\W+/g, '-')}.png`;
		const artifact = await context.saveArtifact({ name, type: 'image/png', content: this.screenshot });
		return { title, url, text: `Visited ${title}.`, artifacts: [artifact], sources: [{ title, url }], warnings: [] };
	}

	#hand(pen: Pen): void {
		const waiting = this.#waiting.shift();
		if (waiting === undefined) this.#pens.push(pen);
		else waiting(pen);
	}
}

function penOf(response: ServerResponse): Pen {
	const say = (line: object) => response.write(`${JSON.stringify(line)}\n`);
	response.writeHead(200);
	return { write: (partial) => say({ partial }), finish: (output) => say({ output }) };
}

interface Visit {
	readonly title: string;
	readonly url: string;
}
