/** shortLabel is the label of a button for the choice with this index; one that does not fit is told apart by its number. */
export function shortLabel(label: string, index: number, length: number): string {
	return label.length <= length ? label : cutText(`${index + 1}. ${label}`, length);
}

/** cutText is a text in at most so many characters; a cut is shown. */
export function cutText(text: string, length: number): string {
	return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
