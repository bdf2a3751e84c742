import type { Item } from './item.ts';

/** ItemList holds a tag's items in their order, in chunks, so that a change copies one chunk and shares the rest. */
export type ItemList = readonly (readonly Item[])[];
