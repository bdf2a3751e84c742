/** nameSuits tells whether somebody who says `wanted` means the model `<provider>/<model>`: its whole name, or the part after the provider. */
export function nameSuits(wanted: string, name: string): boolean {
	return name === wanted || (name.endsWith(wanted) && name.indexOf('/') === name.length - wanted.length - 1);
}
