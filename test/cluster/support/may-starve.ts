/**
 * MAY_STARVE is for tests of locks and leases of about a second. These run out where their process gets no turn for so long, as they
 * should; tried again, a test shows what it is for.
 */
export const MAY_STARVE = { retry: 2 };
