import type { ProviderRequest } from '../delivery/provider-request.js';

/** A call as it reaches a provider. */
export interface SendCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What a provider answers. */
export interface SendAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent as it is. */
  readonly body: object | string;
}

/** What a refusal means to whoever sends: the classes of one outbox for all providers. */
export type SendErrorClass = 'retry' | 'slow_down' | 'window' | 'recipient' | 'auth' | 'account' | 'bad_request';

/** A refusal that a provider documents. */
export interface SendError {
  readonly meaning: SendErrorClass;
  readonly answer: SendAnswer;
}

/** Something that a provider tells by webhook because something was sent. */
export interface Told {
  readonly at: Date;
  readonly request: ProviderRequest;
}

/**
 * The send API of a simulated provider. It knows its people and its clock and touches no network, so that a test may call it
 * directly; `startSendServer` puts it on a port.
 */
export interface SendApi {
  answer(call: SendCall): SendAnswer;
  /** Webhooks that follow from what was sent since this was asked last, in the order of their times. */
  takeTold(): readonly Told[];
}

/** A send API with a memory of what it took, and of what is still to be told. */
export abstract class RememberingSendApi<Sent extends object> implements SendApi {
  /** What was taken, in order. */
  readonly sent: Sent[] = [];
  private told: Told[] = [];

  abstract answer(call: SendCall): SendAnswer;

  takeTold(): readonly Told[] {
    const taken = this.told.sort((left, right) => left.at.getTime() - right.at.getTime());
    this.told = [];
    return taken;
  }

  protected tellAt(at: Date, request: ProviderRequest): void {
    this.told.push({ at, request });
  }
}

/** The body as a JSON object; undefined for anything else. */
export function jsonOf({ body }: SendCall): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A member that is an object; empty for anything else. */
export function partOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A member that is text; empty for anything else. */
export const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');
