/** The name of a shop whose events can be made wide. */
export const wideName = 'n'.repeat(1_000);

/** Fields that make 20 kB of each event of a shop with that name. */
export const wideFields = Array.from({ length: 20 }, (_, index) => `a${index}: shop { name }`).join(' ');
