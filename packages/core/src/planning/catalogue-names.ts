/** CatalogueNames is the set of names that a catalogue has now, made anew only when it has changed. */
export class CatalogueNames {
	readonly #catalogue: NamedCatalogue;
	#list: ReturnType<NamedCatalogue['list']> | undefined;
	#names: ReadonlySet<string> = new Set();

	constructor(catalogue: NamedCatalogue) {
		this.#catalogue = catalogue;
	}

	get now(): ReadonlySet<string> {
		const list = this.#catalogue.list();
		if (list !== this.#list) this.#names = new Set(list.map(({ name }) => name));
		this.#list = list;
		return this.#names;
	}
}

/** NamedCatalogue is what of a catalogue tells the names; the same array until something changes. */
export interface NamedCatalogue {
	list(): readonly { readonly name: string }[];
}
