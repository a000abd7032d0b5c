/** Tells whether an address belongs to the API; other addresses of the process are none of its business. */
export function isApiPath(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(url);
}
