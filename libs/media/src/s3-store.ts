import { AwsClient } from 'aws4fetch';
import { ProviderUnavailableError } from '@app/kernel';
import { checkDigest, type Digest, type MediaStore } from './media-store.js';

/** Where a bucket is, and who may use it. */
export interface S3Location {
  /** For example `https://s3.ap-southeast-1.amazonaws.com`; the bucket stands in the path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const TIMEOUT_MS = 30_000;

/** Bytes in a bucket of a store that speaks S3. @see Amazon S3 API reference, PutObject, GetObject, DeleteObject */
export class S3Store implements MediaStore {
  private readonly client: AwsClient;

  constructor(private readonly location: S3Location) {
    const { accessKeyId, secretAccessKey, region } = location;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 });
  }

  async put(digest: Digest, bytes: Buffer): Promise<void> {
    const response = await this.call(digest, { method: 'PUT', body: new Uint8Array(bytes) });
    if (!response.ok) throw this.unexpected(response);
  }

  async get(digest: Digest): Promise<Buffer | undefined> {
    const response = await this.call(digest, { method: 'GET' });
    if (response.status === 404) return undefined;
    if (!response.ok) throw this.unexpected(response);
    return Buffer.from(await response.arrayBuffer());
  }

  async delete(digest: Digest): Promise<void> {
    const response = await this.call(digest, { method: 'DELETE' });
    if (!response.ok && response.status !== 404) throw this.unexpected(response);
  }

  private async call(digest: string, init: RequestInit): Promise<Response> {
    const { endpoint, bucket } = this.location;
    const url = `${endpoint.replace(/\/$/, '')}/${bucket}/${checkDigest(digest)}`;
    try {
      return await this.client.fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw new ProviderUnavailableError('The media store does not answer', { cause: error });
    }
  }

  private unexpected({ status }: Response): ProviderUnavailableError {
    return new ProviderUnavailableError(`The media store answered ${status}`);
  }
}
