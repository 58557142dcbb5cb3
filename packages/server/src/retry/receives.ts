/** Receives of a message beyond its action's attempts: redeliveries, and messages put back because they came too early. */
export const SPARE_RECEIVES = 5;
