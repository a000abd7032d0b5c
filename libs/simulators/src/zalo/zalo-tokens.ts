import { createHash } from 'node:crypto';

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
  private granted: { readonly code: string; readonly challenge: string } | undefined;

  constructor(
    private readonly app: { readonly id: string; readonly secret: string },
    first: string,
    private readonly lifetimeSeconds = 90_000,
  ) {
    this.refreshToken = first;
  }

  answer({ headers, form }: ZaloTokenRequest): object {
    const isOurs = headers['secret_key'] === this.app.secret && form['app_id'] === this.app.id;
    if (!isOurs) return refusal(-14_002, 'Invalid app');
    if (form['grant_type'] === 'authorization_code') return this.exchange(form);
    if (form['grant_type'] !== 'refresh_token') return refusal(-14_002, 'Invalid app');
    if (form['refresh_token'] !== this.refreshToken) return refusal(-14_014, 'Invalid refresh token');
    return this.renewed();
  }

  /**
   * An administrator grants rights at the address that they were sent to.
   *
   * @returns where their browser is sent back to
   */
  permit(permissionUrl: string, oaId: string): string {
    const { searchParams } = new URL(permissionUrl);
    this.granted = { code: `ma-${this.used.length}`, challenge: searchParams.get('code_challenge') ?? '' };
    const back = new URL(searchParams.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({
      code: this.granted.code,
      oa_id: oaId,
      state: searchParams.get('state') ?? '',
    }).toString();
    return back.href;
  }

  /** A code works once, and for whoever asked for it. */
  private exchange(form: ZaloTokenRequest['form']): object {
    const { granted } = this;
    this.granted = undefined;
    const proved = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    if (granted === undefined || form['code'] !== granted.code) return refusal(-14_003, 'Invalid code');
    return proved === granted.challenge ? this.renewed() : refusal(-14_003, 'Invalid code verifier');
  }

  private renewed(): object {
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
