/** DRAGGED is the kind of what is dragged on a board: a card of this page, and nothing else. */
export const DRAGGED = 'application/x-errand-item';
