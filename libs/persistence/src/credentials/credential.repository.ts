import { createHash } from 'node:crypto';
import {
  deriveKey,
  type Credential,
  type CredentialSlot,
  type CredentialStore,
  type RenewedCredential,
} from '@app/kernel';
import type { Database, Queryable } from '../database.js';
import { seal, unseal } from './seal.js';

interface CredentialRow {
  readonly ciphertext: Buffer;
  readonly version: number;
  readonly expires_at: Date | null;
  readonly knows_seed: boolean;
}

/** An answer of a provider that could not be stored when it came. */
interface Unstored {
  readonly from: number;
  readonly renewed: RenewedCredential;
}

/** Independent of the installation secret: a wrong one must not make the file look new and a stored value go. */
const seedHash = ({ accountId, name, seed }: CredentialSlot): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([accountId, name, seed]))
    .digest();

/**
 * Credentials in PostgreSQL, encrypted under a key of the installation secret.
 *
 * A refresh holds the row's lock while the provider is called: others wait for it and then find the new value. An
 * answer that could not be stored, because the database went away, is kept in memory and stored by the next refresh of
 * this process; only the end of the process loses it.
 */
export class CredentialRepository implements CredentialStore {
  private readonly key: Buffer;
  private readonly unstored = new Map<string, Unstored>();

  constructor(
    private readonly database: Database,
    installationSecret: string,
  ) {
    this.key = deriveKey(installationSecret, 'credentials');
  }

  async current(slot: CredentialSlot): Promise<Credential> {
    const row = await this.find(this.database, slot, '');
    if (row?.knows_seed) return this.opened(slot, row);
    return await this.locked(slot, (_transaction, credential) => Promise.resolve(credential));
  }

  async refresh(
    slot: CredentialSlot,
    seen: number,
    exchange: (current: Credential) => Promise<RenewedCredential>,
  ): Promise<Credential> {
    const place = JSON.stringify([slot.accountId, slot.name]);
    const result = await this.locked(slot, async (transaction, current) => {
      if (current.version > seen) return current;
      const kept = this.unstored.get(place);
      const renewed = kept?.from === current.version ? kept.renewed : await exchange(current);
      this.unstored.set(place, { from: current.version, renewed });
      return await this.replace(transaction, slot, current.version + 1, renewed);
    });
    this.unstored.delete(place);
    return result;
  }

  /** Runs `work` with the row locked and up to the file; what it wrote is on disk when this resolves. */
  private async locked(
    slot: CredentialSlot,
    work: (transaction: Queryable, credential: Credential) => Promise<Credential>,
  ): Promise<Credential> {
    return await this.database.transaction(async (transaction) => {
      await transaction.query(
        `SELECT set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '60s', true),
                set_config('idle_in_transaction_session_timeout', '60s', true)`,
      );
      const inserted = await this.insert(transaction, slot);
      if (inserted !== undefined) return await work(transaction, inserted);
      const row = (await this.find(transaction, slot, 'FOR UPDATE'))!;
      const credential = row.knows_seed
        ? this.opened(slot, row)
        : await this.replace(transaction, slot, row.version + 1, { value: slot.seed, expiresAt: undefined });
      return await work(transaction, credential);
    });
  }

  private async insert(transaction: Queryable, slot: CredentialSlot): Promise<Credential | undefined> {
    const { accountId, name, seed } = slot;
    const sealed = seal(this.key, { accountId, name, version: 1 }, seed);
    const rows = await transaction.query(
      `INSERT INTO credential (account_id, name, ciphertext, version, seed_hashes) VALUES ($1, $2, $3, 1, ARRAY[$4::bytea])
       ON CONFLICT (account_id, name) DO NOTHING RETURNING 1`,
      [accountId, name, sealed, seedHash(slot)],
    );
    return rows.length === 0 ? undefined : { value: seed, version: 1, expiresAt: undefined };
  }

  private async find(
    queryable: Queryable,
    slot: CredentialSlot,
    lock: '' | 'FOR UPDATE',
  ): Promise<CredentialRow | undefined> {
    const [row] = await queryable.query<CredentialRow>(
      `SELECT ciphertext, version, expires_at, $3::bytea = ANY (seed_hashes) AS knows_seed
       FROM credential WHERE account_id = $1 AND name = $2 ${lock}`,
      [slot.accountId, slot.name, seedHash(slot)],
    );
    return row;
  }

  private async replace(
    transaction: Queryable,
    slot: CredentialSlot,
    version: number,
    { value, expiresAt }: RenewedCredential,
  ): Promise<Credential> {
    const { accountId, name } = slot;
    await transaction.query(
      `UPDATE credential SET ciphertext = $3, version = $4, expires_at = $5, updated_at = clock_timestamp(),
         seed_hashes = CASE WHEN $6::bytea = ANY (seed_hashes) THEN seed_hashes ELSE seed_hashes || $6::bytea END
       WHERE account_id = $1 AND name = $2`,
      [accountId, name, seal(this.key, { accountId, name, version }, value), version, expiresAt, seedHash(slot)],
    );
    return { value, version, expiresAt };
  }

  private opened({ accountId, name }: CredentialSlot, row: CredentialRow): Credential {
    const value = unseal(this.key, { accountId, name, version: row.version }, row.ciphertext);
    return { value, version: row.version, expiresAt: row.expires_at ?? undefined };
  }
}
