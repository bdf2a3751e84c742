/**
 * atTurnEnd calls back once all has run that follows from what this turn of the event loop brought, as far as nothing in it waits
 * for the outside: a tick that a microtask asks for comes after the microtasks.
 */
export function atTurnEnd(call: () => void): void {
	queueMicrotask(() => process.nextTick(call));
}
