/** URLs of remotes. */

/** Tells a URL from a path. */
export function isUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}

/** Returns the scheme of a URL in lower case, e.g. `s3`; empty for a path. */
export function schemeOf(url: string): string {
  return isUrl(url) ? url.slice(0, url.indexOf('://')).toLowerCase() : '';
}

/** Returns a URL without user, password and query: what may be shown. */
export function locationOf(url: string): string {
  if (!isUrl(url)) return url;
  return url.replace(/^([^:]+:\/\/)[^/@]*@/, '$1').replace(/[?#].*$/, '');
}
