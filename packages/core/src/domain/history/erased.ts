/** erasedFactType is the type under which a fact of a forgotten person reads back, with empty data: it keeps its number and says nothing. */
export const erasedFactType = 'Erased';
