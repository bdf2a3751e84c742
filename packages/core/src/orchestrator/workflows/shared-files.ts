import type { PersonId } from '../../domain/ids.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { Keyring, KeyringCommand } from '../../domain/workflow/keyring.ts';
import { latestVersion } from '../../domain/workflow/state.ts';
import { capabilitiesOf, subWorkflowsOf } from '../../domain/workflow/sub-workflows.ts';
import type { ICatalogue } from '../../ports/catalogue.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { ImportChoices, ImportedWorkflows } from '../desks/workflows.ts';
import type { KnownWorkflow } from './known-workflow.ts';
import { hashOf, keyringStream, type SavedWorkflows } from './saved-workflows.ts';
import { readSignedWorkflows, type SignedWorkflow, signWorkflows } from './signed-workflows.ts';
import { unusableWorkflow } from './unusable-workflow.ts';
import type { WorkflowLibrary } from './workflow-library.ts';

interface Dependencies {
	readonly library: WorkflowLibrary;
	readonly saved: SavedWorkflows;
	readonly keyrings: Pick<CommandHandler<Keyring, KeyringCommand, never>, 'handle' | 'latest'>;
	readonly signer: Pick<IHistorySigner, 'publicKey' | 'sign'>;
	readonly language: () => Promise<IWorkflowLanguage>;
	readonly catalogue: Pick<ICatalogue, 'list'>;
	readonly clock: IClock;
}

/** SharedFiles carry workflows from one installation to another. */
export class SharedFiles {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** With the workflows they have as parts, but for those that ship everywhere. */
	async write(principal: Principal, chosen: readonly KnownWorkflow[]): Promise<string> {
		const language = await this.#deps.language();
		const all = await this.#withParts(principal.person, chosen);
		const workflows = all.map(({ name, version, definition, text, problems }): SignedWorkflow => {
			if (definition === undefined) throw unusableWorkflow(name, problems);
			// A text that is broken just now is not the one in use.
			const good = text === undefined || problems.length > 0 ? language.write(definition) : text;
			return { name, version, text: good, requires: [...capabilitiesOf(definition)] };
		});
		return signWorkflows(workflows, this.#deps.clock.now(), this.#deps.signer);
	}

	async takeIn(
		{ person }: Principal,
		file: string,
		{ trust, replace }: ImportChoices = {},
	): Promise<ImportedWorkflows> {
		const { workflows, key, fingerprint } = readSignedWorkflows(file);
		const language = await this.#deps.language();
		// All of them are read before any is kept.
		const read = workflows.map((workflow) => ({ ...workflow, definition: readOne(language, workflow) }));
		const offered = read.map(({ name }) => name);
		const trusted = trust === true || (await this.#isTrusted(person, key));
		const missing = this.#missing(read);
		const clashes = replace === true ? [] : await this.#clashes(person, read, key);
		const found = { offered, key, fingerprint, trusted, missing, clashes };
		if (!trusted) return { names: [], ...found };
		const at = this.#deps.clock.now();
		await this.#deps.keyrings.handle(keyringStream(person), { type: 'TrustKey', at, person, key });
		// One part of a file without the others may be worth nothing.
		if (clashes.length > 0) return { names: [], ...found };
		for (const { name, version, text } of read) {
			await this.#deps.saved.handle(person, name, {
				...{ type: 'SaveWorkflow', at, person, by: person, name, version, text, hash: hashOf(text) },
				...{ replace: true, importedWith: key },
			});
		}
		return { names: offered, ...found };
	}

	async #isTrusted(person: PersonId, key: string): Promise<boolean> {
		if (key === this.#deps.signer.publicKey) return true;
		return (await this.#deps.keyrings.latest(keyringStream(person)))?.keys.includes(key) ?? false;
	}

	/** Names under which the person has something else: not what this file holds, nor what came from the same installation before. */
	async #clashes(person: PersonId, workflows: readonly SignedWorkflow[], key: string): Promise<readonly string[]> {
		const clashes = await Promise.all(
			workflows.map(async ({ name, text }) => {
				const saved = await this.#deps.saved.state(person, name);
				const isSame = saved === undefined || latestVersion(saved)?.hash === hashOf(text);
				return isSame || saved.importedWith === key ? [] : [name];
			}),
		);
		return clashes.flat();
	}

	#missing(workflows: readonly SignedWorkflow[]): ImportedWorkflows['missing'] {
		const there = new Set(this.#deps.catalogue.list().map(({ name }) => name));
		return workflows.flatMap(({ name, requires }) => {
			const capabilities = requires.filter((capability) => !there.has(capability));
			return capabilities.length === 0 ? [] : { name, capabilities };
		});
	}

	async #withParts(person: PersonId, chosen: readonly KnownWorkflow[]): Promise<readonly KnownWorkflow[]> {
		const all = new Map(chosen.map((known) => [known.name, known]));
		for (const { definition } of all.values()) {
			for (const name of definition === undefined ? [] : subWorkflowsOf(definition)) {
				const part = all.has(name) ? undefined : await this.#deps.library.find(person, name);
				if (part !== undefined && part.origin !== 'shipped' && part.origin !== 'code') all.set(name, part);
			}
		}
		return [...all.values()];
	}
}

function readOne(language: IWorkflowLanguage, { name, text }: SignedWorkflow): WorkflowDefinition {
	const read = language.read(text);
	if (!read.ok) throw unusableWorkflow(name, read.problems);
	if (read.definition.name !== name) {
		throw unusableWorkflow(name, [{ message: `its text is of a workflow with the name "${read.definition.name}"` }]);
	}
	return read.definition;
}
