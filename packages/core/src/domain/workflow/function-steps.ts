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
