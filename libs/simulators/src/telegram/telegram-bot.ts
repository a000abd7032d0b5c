import type { ProviderRequest } from '../delivery/provider-request.js';

/** What happens in a private chat with a bot. */
export type TelegramItem =
  | { readonly from: number; readonly name: string; readonly id: number; readonly text: string; readonly at: Date }
  | {
      readonly from: number;
      readonly name: string;
      readonly edited: number;
      readonly text: string;
      readonly writtenAt: Date;
      readonly at: Date;
    };

/** A bot of Telegram as its webhook sees it: one update in each POST, numbered, with a token instead of a signature. */
export class TelegramBot {
  private updates: number;

  constructor(
    private readonly options: { readonly secretToken: string; readonly path: string; readonly firstUpdate: number },
  ) {
    this.updates = options.firstUpdate;
  }

  post(item: TelegramItem): ProviderRequest {
    const { secretToken, path } = this.options;
    const person = { id: item.from, first_name: item.name, language_code: 'vi' };
    const chat = { from: { ...person, is_bot: false }, chat: { ...person, type: 'private' }, text: item.text };
    const update =
      'edited' in item
        ? {
            edited_message: {
              ...chat,
              message_id: item.edited,
              date: seconds(item.writtenAt),
              edit_date: seconds(item.at),
            },
          }
        : { message: { ...chat, message_id: item.id, date: seconds(item.at) } };
    const body = Buffer.from(JSON.stringify({ update_id: this.updates++, ...update }));
    return {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secretToken },
      body,
    };
  }
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1_000);
