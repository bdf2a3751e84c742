/** functionStepName is the capability that a function step of a workflow in code is: one for each version, as runs finish on the one they began with. */
export function functionStepName(workflow: string, version: number, step: string): string {
	return `fn.${workflow}.v${version}.${step}`;
}

/** readFunctionStep takes such a name apart; undefined for any other capability's. */
export function readFunctionStep(
	capability: string,
): { readonly workflow: string; readonly version: number; readonly step: string } | undefined {
	const [, workflow, version, step] = /^fn\.([a-z0-9-]+)\.v(\d+)\.(\w+)$/.exec(capability) ?? [];
	if (workflow === undefined || version === undefined || step === undefined) return undefined;
	return { workflow, version: Number(version), step };
}

/**
 * isGoneFunction tells whether a function step will not come back by itself: other functions of its workflow are there, so its module
 * is, and no longer has that version. Where none of them is there, the module may be on its way.
 */
export function isGoneFunction(capability: string, present: Iterable<string>): boolean {
	const wanted = readFunctionStep(capability);
	if (wanted === undefined) return false;
	const others = [...present].filter((name) => readFunctionStep(name)?.workflow === wanted.workflow);
	return others.length > 0 && !others.includes(capability);
}

/** hintForGone says what to do where a capability is no more. */
export function hintForGone(capability: string): string {
	const wanted = readFunctionStep(capability);
	if (wanted === undefined) return 'Skip the step, or submit the goal again.';
	const { workflow, version } = wanted;
	return `Bring version ${version} of "${workflow}" back beside the newer one, until its runs have ended, and retry; or run it again.`;
}
