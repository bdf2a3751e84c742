/** workflowOfPlan is `<name>@<version>` of the workflow that a plan was made of; other prepared plans have no version. */
export function workflowOfPlan(planBy: string): string | undefined {
	return /^workflow:(.{1,100}@\d{1,9})$/.exec(planBy)?.[1];
}
