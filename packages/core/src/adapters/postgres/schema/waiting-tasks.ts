/**
 * WAITING_TASKS has tasks looked at once more that were kept as owing nothing: one that waits for the budget of a day goes on when
 * that is back.
 */
export const WAITING_TASKS = `
	UPDATE errand.streams SET due_at = 0
		WHERE kind = 'task' AND due_at IS NULL AND summary LIKE '%"status":"waiting"%';
`;
