import { AppError } from './errors.js';

/** A credential of an account that changes by itself, for example a refresh token that can be used once. */
export interface CredentialSlot {
  readonly accountId: string;
  /** What it is for within the account, for example `oauth`. */
  readonly name: string;
  /** What the accounts file says. It is taken when nothing is stored, and again whenever the file brings a new value. */
  readonly seed: string;
}

/** A credential as stored. `value` is text of the caller's own shape, and secret. */
export interface Credential {
  readonly value: string;
  /** Rises by one with every change; a reader names it to say which value it has seen. */
  readonly version: number;
  /** When a part of it ends, for example its access token; undefined when unknown. */
  readonly expiresAt: Date | undefined;
}

/** What a provider gave in exchange. */
export type RenewedCredential = Omit<Credential, 'version'>;

/**
 * Credentials that the provider replaces while we run. They are shared by all copies of a service.
 *
 * Guarantee: of many copies that refresh the same credential one calls the provider, the others get what it got; and a
 * new value is durable before anybody uses it. When a process dies between the provider's answer and its storing, a
 * provider whose tokens work once has ended the stored one: the next refresh is refused, and the accounts file must
 * bring a new value.
 */
export interface CredentialStore {
  /**
   * @throws CredentialUnreadableError when it was written under another installation secret, or altered
   * @throws StoreUnavailableError
   */
  current(slot: CredentialSlot): Promise<Credential>;
  /**
   * Replaces the value, unless somebody did so since `seen`: that value is returned then, and nobody is called.
   *
   * @param seen version of the value that needs replacing
   * @param exchange calls the provider. The value is locked meanwhile, so it must end by itself within half a minute.
   *   What it throws is thrown on, and nothing changes
   * @throws CredentialUnreadableError, StoreUnavailableError
   */
  refresh(
    slot: CredentialSlot,
    seen: number,
    exchange: (current: Credential) => Promise<RenewedCredential>,
  ): Promise<Credential>;
}

/** Injection token of the {@link CredentialStore}. */
export const CREDENTIALS = Symbol('CREDENTIALS');

/** A stored credential cannot be decrypted: the installation secret changed, or the row was altered. */
export class CredentialUnreadableError extends AppError {
  readonly code = 'credential_unreadable';
  readonly retryable = false;
}
