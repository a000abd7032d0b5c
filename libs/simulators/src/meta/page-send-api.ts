import type { SimulatorClock } from '../simulator-clock.js';
import { jsonOf, partOf, wordOf, type SendAnswer, type SendCall, RememberingSendApi } from '../send/send-api.js';
import { metaPost, type MetaAppOptions } from './meta-app.js';
import { META_SEND_ERRORS } from './meta-send-errors.js';
import { commentAdded, commentRemoved, type FeedValue } from './page-feed.js';

const HOUR_MS = 3_600_000;
const WINDOW_MS = 24 * HOUR_MS;
const HUMAN_WINDOW_MS = 7 * 24 * HOUR_MS;
const PRIVATE_REPLY_MS = 7 * 24 * HOUR_MS;
const MAX_CHARS = 2_000;
const MAX_INSTAGRAM_BYTES = 1_000;
const MAX_QUICK_REPLIES = 13;
const MAX_COMMENT_CHARS = 8_000;

/** Somebody who wrote to the page, or below a post of it. */
export interface PagePerson {
  readonly id: string;
  readonly name: string;
  /** Last message, postback, quick reply or click on an advertisement; absent: never. */
  lastWroteAt?: Date;
  blocked?: boolean;
}

/** A comment that can be acted upon. */
export interface ActionableComment {
  readonly id: string;
  readonly postId: string;
  readonly from: string;
  readonly at: Date;
  hidden?: boolean;
  removed?: boolean;
  repliedPrivately?: boolean;
}

/** What the page sent. */
export interface PageSent {
  readonly id: string;
  readonly kind: 'message' | 'action' | 'comment' | 'hide' | 'unhide' | 'delete';
  /** Person, or comment. */
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/** What a page needs to send. */
export interface PageSendOptions extends MetaAppOptions {
  /** The page, or the account of Instagram. */
  readonly accountId: string;
  readonly product: 'page' | 'instagram';
  readonly accessToken: string;
  /** Id of the app, as echoes name it. */
  readonly appId?: number;
  readonly clock: Pick<SimulatorClock, 'now'>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The Graph API of a page, or of an account of Instagram, as far as it sends: messages, private replies, and what is done with
 * comments. Echoes, receipts and changes of the feed follow by webhook.
 *
 * @see Messenger Platform, "Send API"; Graph API, "Page comments"; Instagram Platform, "Messaging"
 */
export class PageSendApi extends RememberingSendApi<PageSent> {
  readonly people = new Map<string, PagePerson>();
  readonly comments = new Map<string, ActionableComment>();
  private count = 0;

  constructor(private readonly options: PageSendOptions) {
    super();
  }

  answer(call: SendCall): SendAnswer {
    const url = new URL(call.path, 'https://graph.example');
    const bearer = /^Bearer (.+)$/.exec(call.headers['authorization'] ?? '')?.[1];
    if ((bearer ?? url.searchParams.get('access_token')) !== this.options.accessToken)
      return META_SEND_ERRORS.token.answer;
    const [, id = '', edge] = /^\/v\d+\.\d+\/([\w.]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    if (call.method === 'POST' && edge === 'messages') return this.message(id, jsonOf(call));
    const comment = this.comments.get(id);
    if (comment === undefined || comment.removed === true) return META_SEND_ERRORS.gone.answer;
    if (call.method === 'DELETE' && edge === undefined) return this.remove(comment);
    const fields = jsonOf(call) ?? Object.fromEntries(new URLSearchParams(call.body.toString('utf8')));
    if (call.method === 'POST' && (edge === 'comments' || edge === 'replies')) return this.reply(comment, fields);
    if (call.method === 'POST' && edge === undefined) return this.hide(comment, fields);
    return META_SEND_ERRORS.parameter.answer;
  }

  private message(accountId: string, body: Json | undefined): SendAnswer {
    if (body === undefined || (accountId !== 'me' && accountId !== this.options.accountId))
      return META_SEND_ERRORS.parameter.answer;
    const recipient = partOf(body['recipient']);
    const action = body['sender_action'];
    const message = body['message'];
    if ((action === undefined) === (message === undefined)) return META_SEND_ERRORS.parameter.answer;
    const commentId = wordOf(recipient['comment_id']);
    const refused =
      (message === undefined ? undefined : this.refuseContent(partOf(message))) ??
      (commentId === '' ? this.refusePerson(wordOf(recipient['id']), body) : this.refusePrivateReply(commentId));
    if (refused !== undefined) return refused;
    const comment = this.comments.get(commentId);
    if (comment !== undefined) comment.repliedPrivately = true;
    const person = comment?.from ?? wordOf(recipient['id']);
    if (message === undefined) {
      this.note('action', person, wordOf(action));
      return { status: 200, body: { recipient_id: person } };
    }
    return this.deliver(person, partOf(message));
  }

  private refuseContent(message: Json): SendAnswer | undefined {
    const text = wordOf(message['text']);
    const isTooLong =
      this.options.product === 'instagram' ? Buffer.byteLength(text) > MAX_INSTAGRAM_BYTES : text.length > MAX_CHARS;
    const replies = Array.isArray(message['quick_replies']) ? message['quick_replies'].length : 0;
    const isEmpty = text === '' && message['attachment'] === undefined && message['sticker_id'] === undefined;
    return isTooLong || isEmpty || replies > MAX_QUICK_REPLIES ? META_SEND_ERRORS.parameter.answer : undefined;
  }

  private refusePerson(id: string, body: Json): SendAnswer | undefined {
    const person = this.people.get(id);
    if (person === undefined) return META_SEND_ERRORS.unknownPerson.answer;
    if (person.blocked === true) return META_SEND_ERRORS.blocked.answer;
    const isHuman = body['messaging_type'] === 'MESSAGE_TAG' && body['tag'] === 'HUMAN_AGENT';
    const since = this.now().getTime() - (person.lastWroteAt?.getTime() ?? 0);
    if (since <= (isHuman ? HUMAN_WINDOW_MS : WINDOW_MS)) return undefined;
    return this.options.product === 'instagram'
      ? META_SEND_ERRORS.instagramWindow.answer
      : META_SEND_ERRORS.window.answer;
  }

  /** One message for each comment, within seven days. */
  private refusePrivateReply(id: string): SendAnswer | undefined {
    const comment = this.comments.get(id);
    if (comment === undefined || comment.removed === true) return META_SEND_ERRORS.gone.answer;
    if (comment.repliedPrivately === true) return META_SEND_ERRORS.alreadyReplied.answer;
    const age = this.now().getTime() - comment.at.getTime();
    return age > PRIVATE_REPLY_MS ? META_SEND_ERRORS.window.answer : undefined;
  }

  private deliver(person: string, message: Json): SendAnswer {
    const { accountId, appId = 430_000_000_000_001 } = this.options;
    const sent = this.note('message', person, wordOf(message['text']));
    const { metadata, text, attachment } = message;
    const echo = {
      sender: { id: accountId },
      recipient: { id: person },
      timestamp: sent.at.getTime(),
      message: {
        mid: sent.id,
        is_echo: true,
        app_id: appId,
        ...(metadata === undefined ? {} : { metadata }),
        ...(text === undefined ? {} : { text }),
        ...(attachment === undefined ? {} : { attachments: [attachment] }),
      },
    };
    this.tellChat(echo, sent.at);
    // Instagram tells of no delivery.
    if (this.options.product === 'page')
      this.tellChat(this.fromPerson(person, { delivery: { mids: [sent.id], watermark: sent.at.getTime() } }), sent.at);
    return { status: 200, body: { recipient_id: person, message_id: sent.id } };
  }

  /** The person reads everything, or on Instagram one message. */
  read(person: string, messageId: string): void {
    const at = this.now();
    const read = this.options.product === 'page' ? { watermark: at.getTime() } : { mid: messageId };
    this.tellChat(this.fromPerson(person, { read }), at);
  }

  private fromPerson(person: string, more: object): object {
    const { accountId } = this.options;
    return { sender: { id: person }, recipient: { id: accountId }, timestamp: this.now().getTime(), ...more };
  }

  private reply(comment: ActionableComment, fields: Json): SendAnswer {
    const text = wordOf(fields['message']);
    const hasFile = fields['attachment_url'] !== undefined || fields['attachment_id'] !== undefined;
    if (text.length > MAX_COMMENT_CHARS || (text === '' && !hasFile)) return META_SEND_ERRORS.parameter.answer;
    const { id, at } = this.note('comment', comment.id, text);
    const reply: ActionableComment = { id, postId: comment.postId, from: this.options.accountId, at };
    this.comments.set(id, reply);
    const written = { commentId: id, postId: comment.postId, parentId: comment.id, from: this.us(), createdAt: at };
    this.tellFeed(commentAdded({ ...written, ...(text === '' ? {} : { text }) }), at);
    return { status: 200, body: { id } };
  }

  private hide(comment: ActionableComment, fields: Json): SendAnswer {
    const wanted = String(fields['is_hidden'] ?? fields['hide'] ?? '');
    const isOurs = comment.from === this.options.accountId;
    if (!['true', 'false'].includes(wanted) || isOurs) return META_SEND_ERRORS.parameter.answer;
    const verb = wanted === 'true' ? 'hide' : 'unhide';
    comment.hidden = verb === 'hide';
    const { at } = this.note(verb, comment.id, '');
    this.tellFeed({ ...commentRemoved(this.asFeed(comment)), verb }, at);
    return { status: 200, body: { success: true } };
  }

  private remove(comment: ActionableComment): SendAnswer {
    comment.removed = true;
    const { at } = this.note('delete', comment.id, '');
    this.tellFeed(commentRemoved(this.asFeed(comment)), at);
    return { status: 200, body: { success: true } };
  }

  private us(): { id: string; name: string } {
    return { id: this.options.accountId, name: 'Shop' };
  }

  private asFeed({ id, postId, from, at }: ActionableComment) {
    const name = this.people.get(from)?.name ?? 'Shop';
    return { commentId: id, postId, from: { id: from, name }, createdAt: at };
  }

  private tellChat(item: object, at: Date): void {
    const { accountId, product } = this.options;
    const entry = { id: accountId, time: at.getTime(), messaging: [item] };
    this.tellAt(at, metaPost(product, [entry], this.options));
  }

  /** Instagram tells of comments only that they were written. */
  private tellFeed(value: FeedValue, at: Date): void {
    if (this.options.product === 'instagram') return;
    const entry = {
      id: this.options.accountId,
      time: Math.floor(at.getTime() / 1_000),
      changes: [{ field: 'feed', value }],
    };
    this.tellAt(at, metaPost('page', [entry], this.options));
  }

  private note(kind: PageSent['kind'], to: string, text: string): PageSent {
    this.count += 1;
    const id = kind === 'comment' ? `${to.split('_')[0]}_${900_000_000 + this.count}` : `m_sent-${this.count}`;
    const sent = { id, kind, to, text, at: this.now() };
    this.sent.push(sent);
    return sent;
  }

  private now(): Date {
    return this.options.clock.now();
  }
}
