import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultScript } from './fault-script.js';
import type { SendAnswer, SendCall, SendApi } from './send-api.js';

/** A send API on a port of 127.0.0.1. */
export interface SendServer {
  /** Origin, for example `http://127.0.0.1:40001`. */
  readonly url: string;
  /** Calls that reached it, refused and failed ones too. */
  readonly calls: readonly SendCall[];
  readonly faults: FaultScript;
  stop(): Promise<void>;
}

async function callOf(request: IncomingMessage): Promise<SendCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: Object.fromEntries(headers) as SendCall['headers'],
    body: Buffer.concat(chunks),
  };
}

function write(response: ServerResponse, { status, headers, body }: SendAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Puts a send API on a free port of 127.0.0.1. */
export async function startSendServer(api: SendApi): Promise<SendServer> {
  const calls: SendCall[] = [];
  const faults = new FaultScript();
  const reply = (call: SendCall, response: ServerResponse): void => {
    const fault = faults.take();
    switch (fault?.kind) {
      case undefined:
        return write(response, api.answer(call));
      case 'answer':
        return write(response, fault.answer);
      case 'silence':
        return;
      case 'cut_before':
        return void response.destroy();
      case 'cut_after':
        api.answer(call);
        return void response.destroy();
      case 'garbled':
        api.answer(call);
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    }
  };
  const server = createServer((request, response) => {
    callOf(request).then(
      (call) => {
        calls.push(call);
        reply(call, response);
      },
      // The caller went away while it was sending: there is nobody to answer.
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    faults,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
