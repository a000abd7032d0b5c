import type { ProviderRequest } from '../delivery/provider-request.js';

/** A web site whose program posts on what visitors fill in. */
export interface WebSiteOptions {
  readonly token: string;
  /** Path of the webhook, for example `/webhooks/webform/lien-he`. */
  readonly path: string;
}

/** A web site with a contact form. */
export class WebSite {
  constructor(private readonly options: WebSiteOptions) {}

  /** @param fields as the form calls them, in order */
  submit(fields: Readonly<Record<string, string>>): ProviderRequest {
    const { token, path } = this.options;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${token}` };
    return { method: 'POST', path, headers, body: Buffer.from(new URLSearchParams(fields).toString()) };
  }
}
