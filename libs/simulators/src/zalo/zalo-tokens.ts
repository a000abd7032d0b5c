/** What the token address of Zalo is sent. */
export interface ZaloTokenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** The token address of Zalo: refusals come with status 200, numbers as text, and each refresh token works once. */
export class ZaloTokens {
  /** Refresh tokens that were used, in order. */
  readonly used: string[] = [];
  private refreshToken: string;

  constructor(
    private readonly app: { readonly id: string; readonly secret: string },
    first: string,
    private readonly lifetimeSeconds = 90_000,
  ) {
    this.refreshToken = first;
  }

  answer({ headers, form }: ZaloTokenRequest): object {
    const isOurs = headers['secret_key'] === this.app.secret && form['app_id'] === this.app.id;
    if (!isOurs || form['grant_type'] !== 'refresh_token') return refusal(-14_002, 'Invalid app');
    if (form['refresh_token'] !== this.refreshToken) return refusal(-14_014, 'Invalid refresh token');
    this.used.push(this.refreshToken);
    this.refreshToken = `lam-moi-${this.used.length}`;
    return {
      access_token: `truy-cap-${this.used.length}`,
      refresh_token: this.refreshToken,
      expires_in: String(this.lifetimeSeconds),
    };
  }
}

const refusal = (error: number, name: string): object => ({ error, error_name: name, error_description: name });
