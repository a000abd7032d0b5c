import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** A PDU as the library reads it. */
export interface SmppPdu {
  readonly command: string;
  readonly command_status: number;
  readonly sequence_number: number;
  response(fields?: { readonly command_status?: number }): SmppPdu;
  readonly [field: string]: unknown;
}

/** A session of the library: commands are methods of their names. */
export interface SmppLibrarySession extends EventEmitter {
  readonly socket: { destroy(): void; readonly destroyed: boolean };
  send(pdu: SmppPdu, answered?: (answer: SmppPdu) => void): boolean;
  bind_transceiver(fields: object, answered: (answer: SmppPdu) => void): boolean;
  enquire_link(answered: (answer: SmppPdu) => void): boolean;
  unbind(answered: (answer: SmppPdu) => void): boolean;
  destroy(): void;
}

interface SmppLibrary {
  connect(options: object, connected: () => void): SmppLibrarySession;
  readonly filters: { readonly message: { decode: (this: unknown, value: unknown) => unknown } };
}

const library = createRequire(import.meta.url)('smpp') as SmppLibrary;

// It decodes each part by itself, and so breaks characters that are cut between two parts: we take the bytes.
library.filters.message.decode = (value) => value;

/** Opens a connection; the session emits `error` and `close`. */
export function connectSmpp(
  options: { readonly host: string; readonly port: number; readonly tls: boolean; readonly connectTimeout: number },
  connected: () => void,
): SmppLibrarySession {
  return library.connect(options, connected);
}
