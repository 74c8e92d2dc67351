// Where a credential belongs: the origin of an address, and the one name that Hugging Face's own hosts share.
//
// Knows URLs. Knows no credential and no editor.

export const HUGGING_FACE = 'https://huggingface.co';

/** The origin whose credential may go to `address`: `https://host[:port]`, or nothing if it is no web address. */
export function originOf(address: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address.trim());
  } catch {
    return undefined;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  return isHuggingFace(url) ? HUGGING_FACE : url.origin;
}

/** Hugging Face's own hosts, over TLS and its usual port: one account, so one credential. */
function isHuggingFace(url: URL): boolean {
  if (url.protocol !== 'https:' || url.port) return false;
  return OWN_HOSTS.some((own) => url.hostname === own || url.hostname.endsWith(`.${own}`));
}

const OWN_HOSTS = ['huggingface.co', 'endpoints.huggingface.cloud'];
