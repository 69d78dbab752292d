/**
 * Whether a policy reads this origin (as URL.origin says it) as one origin: URLs also allow hosts
 * with `*`, `;` or `,` in them, which mean something else there (CSP Level 3, "host-source").
 */
export function isPlainOrigin(origin: string): boolean {
  return /^https?:\/\/[a-z0-9._\-[\]:]+$/i.test(origin);
}
