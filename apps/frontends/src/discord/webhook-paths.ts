/** INTERACTIONS_PATH is where Discord sends commands and presses, where it is told to. */
export const INTERACTIONS_PATH = '/discord/interactions';
