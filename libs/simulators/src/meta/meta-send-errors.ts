import type { SendError, SendErrorClass } from '../send/send-api.js';

function graphError(
  meaning: SendErrorClass,
  status: number,
  code: number,
  message: string,
  subcode?: number,
): SendError {
  const more = subcode === undefined ? {} : { error_subcode: subcode };
  return {
    meaning,
    answer: {
      status,
      body: {
        error: { message: `(#${code}) ${message}`, type: 'OAuthException', code, ...more, fbtrace_id: 'Atrace0' },
      },
    },
  };
}

/**
 * How the Graph API refuses to send for a page or an account of Instagram.
 *
 * @see Messenger Platform, "Error codes"; Graph API, "Handling errors"
 */
export const META_SEND_ERRORS = {
  temporary: graphError('retry', 500, 2, 'Service temporarily unavailable'),
  appRate: graphError('slow_down', 400, 4, 'Application request limit reached'),
  pageRate: graphError('slow_down', 400, 32, 'Page request limit reached'),
  callRate: graphError('slow_down', 400, 613, 'Calls to this api have exceeded the rate limit'),
  window: graphError('window', 400, 10, 'This message is sent outside of allowed window', 2_018_278),
  instagramWindow: graphError('window', 400, 10, 'This message is sent outside of allowed window', 2_534_022),
  blocked: graphError('recipient', 400, 551, 'This person is not available right now', 1_545_041),
  unknownPerson: graphError('recipient', 400, 100, 'No matching user found', 2_018_001),
  token: graphError('auth', 401, 190, 'Invalid OAuth access token'),
  permission: graphError('auth', 403, 200, 'Requires permission to manage the object'),
  restricted: graphError('account', 403, 368, 'The action has been deemed abusive or is otherwise disallowed'),
  parameter: graphError('bad_request', 400, 100, 'Invalid parameter'),
  // Not among the documented codes of sending; seen where a comment is answered privately a second time.
  alreadyReplied: graphError('bad_request', 400, 10_900, 'Activity already replied to'),
  gone: graphError('recipient', 400, 100, 'Object does not exist', 33),
} as const satisfies Readonly<Record<string, SendError>>;
