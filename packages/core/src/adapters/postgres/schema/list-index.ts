/**
 * LIST_INDEX lets streams of a person be counted in the index alone. `listed` seldom changes, so that an append to a listed stream
 * writes to no index on its account.
 */
export const LIST_INDEX = `
	DROP INDEX errand.streams_of_person;
	CREATE INDEX streams_of_person ON errand.streams (person, kind, id) INCLUDE (listed) WHERE person IS NOT NULL;
`;
