/** A longer list is edited as JSON: nobody fills in a thousand forms. */
export const MAX_LISTED = 30;
