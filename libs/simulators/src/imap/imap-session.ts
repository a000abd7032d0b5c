import type { Socket } from 'node:net';
import { bad, no, ok, wireAnswer, type Answer } from './answer.js';
import {
  authenticateBearer,
  authenticatePlain,
  capabilities,
  COMMANDS,
  OPEN_COMMANDS,
  type SessionState,
} from './commands.js';
import type { LineDrops } from './line-drops.js';
import { LineReader, type CommandLine } from './line-reader.js';
import { parseCommand, textOf, type Command } from './tokens.js';

/** Who waits for the next line instead of a command: IDLE for DONE, AUTHENTICATE for its answer or to be told no. */
type Waiting = { readonly kind: 'idle' | 'authenticate' | 'refused'; readonly tag: string };

/** One connection of a client. */
export class ImapSession {
  private readonly reader = new LineReader(() => this.write('+ go on\r\n'));
  private waiting: Waiting | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly state: SessionState,
    private readonly drops: LineDrops,
  ) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    if (this.drops.take('GREETING') === undefined)
      this.write(`* OK [CAPABILITY ${capabilities(state.credentials)}] simulator\r\n`);
    else socket.destroy();
  }

  /** Tells an idling client what happened to its folder; a folder made anew ends the session. */
  folderChanged(): void {
    if (this.state.folder?.isStale === true) this.hangUp('the folder was made anew');
    else if (this.waiting?.kind === 'idle') this.write(this.news());
  }

  private receive(chunk: Buffer): void {
    try {
      for (const line of this.reader.push(chunk)) this.handleLine(line);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.hangUp(error.message);
    }
  }

  private handleLine(line: CommandLine): void {
    if (this.waiting !== undefined) {
      this.handleAwaited(this.waiting, line.text);
      return;
    }
    const command = parseCommand(line);
    if (command === undefined) this.write('* BAD not a command\r\n');
    else this.handleCommand(command);
  }

  private handleAwaited({ kind, tag }: Waiting, text: string): void {
    this.waiting = undefined;
    if (kind === 'authenticate') this.write(wireAnswer(tag, authenticatePlain(this.state, text)));
    else if (kind === 'refused') this.write(wireAnswer(tag, no('[AUTHENTICATIONFAILED] the token is not good')));
    else this.write(wireAnswer(tag, text.toUpperCase() === 'DONE' ? ok('idled') : bad('DONE expected')));
  }

  private handleCommand(command: Command): void {
    const drop = this.drops.take(command.name);
    if (drop === 'before') {
      this.socket.destroy();
      return;
    }
    const bytes = this.answerTo(command);
    if (drop === undefined) this.write(bytes);
    else if (drop === 'after') this.socket.destroy();
    // The half must be on its way before the line breaks.
    else this.socket.write(bytes.subarray(0, bytes.length >> 1), () => this.socket.destroy());
    if (command.name === 'LOGOUT') this.socket.end();
  }

  private answerTo({ tag, name, args }: Command): Buffer {
    if (name === 'LOGOUT') return wireAnswer(tag, ok('good bye', ['* BYE']));
    if (name === 'AUTHENTICATE') return this.authenticate(tag, textOf(args[0]), textOf(args[1]));
    const free = OPEN_COMMANDS[name];
    if (free === undefined && !this.state.isAuthenticated) return wireAnswer(tag, bad('log in first'));
    if (name === 'IDLE') return this.idle(tag);
    const handler = free ?? COMMANDS[name];
    return handler === undefined ? wireAnswer(tag, bad('unknown command')) : this.run(tag, handler(this.state, args));
  }

  /** A client learns of changes with the answer to its next command. */
  private run(tag: string, answer: Answer): Buffer {
    const news = this.state.folder?.catchUp() ?? [];
    return wireAnswer(tag, { ...answer, untagged: [...answer.untagged, ...news] });
  }

  private idle(tag: string): Buffer {
    this.waiting = { kind: 'idle', tag };
    return Buffer.from(`+ idling\r\n${this.news()}`);
  }

  private authenticate(tag: string, mechanism: string, initial: string): Buffer {
    if (mechanism.toUpperCase() === this.state.credentials.oauth?.mechanism) return this.bearer(tag, initial);
    if (mechanism.toUpperCase() !== 'PLAIN') return wireAnswer(tag, bad('PLAIN only'));
    if (initial !== '') return wireAnswer(tag, authenticatePlain(this.state, initial));
    this.waiting = { kind: 'authenticate', tag };
    return Buffer.from('+ \r\n');
  }

  /** A refusal comes as a challenge first; the client answers it with an empty line, then hears no (RFC 7628, 3.2.2). */
  private bearer(tag: string, initial: string): Buffer {
    const answer = authenticateBearer(this.state, initial);
    if (this.state.isAuthenticated) return wireAnswer(tag, answer);
    this.waiting = { kind: 'refused', tag };
    return Buffer.from(`+ ${Buffer.from('{"status":"invalid_token"}').toString('base64')}\r\n`);
  }

  private news(): string {
    return (this.state.folder?.catchUp() ?? []).map((line) => `${line}\r\n`).join('');
  }

  private hangUp(reason: string): void {
    this.socket.end(`* BYE ${reason}\r\n`);
  }

  private write(data: Buffer | string): void {
    if (data.length > 0 && this.socket.writable) this.socket.write(data);
  }
}
