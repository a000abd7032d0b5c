const HIDDEN = new Set(['style', 'script', 'head', 'title']);
const BLOCKS = new Set('br p div tr table li ul ol h1 h2 h3 h4 h5 h6 blockquote hr section article'.split(' '));
const ENTITIES: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Name of a tag, with a slash in front when it closes. */
const tagName = (piece: string): string => /^\/?[a-z][a-z0-9]{0,20}/i.exec(piece.slice(0, 24))?.[0].toLowerCase() ?? '';

/**
 * Text of HTML with the tags cut out: one pass, whatever it is made of. For HTML that a real converter would choke on;
 * links and quotes are lost.
 */
export function stripTags(html: string): string {
  const [first = '', ...pieces] = html.split('<');
  const text = [first];
  let hidden: string | undefined;
  for (const piece of pieces) {
    const name = tagName(piece);
    if (hidden !== undefined) {
      if (name !== `/${hidden}`) continue;
      hidden = undefined;
    } else if (HIDDEN.has(name)) {
      hidden = name;
      continue;
    }
    if (BLOCKS.has(name.replace('/', ''))) text.push('\n');
    text.push(piece.slice(piece.indexOf('>') + 1));
  }
  return text
    .join('')
    .replace(/&(nbsp|amp|lt|gt|quot|#39);/g, (_all, entity: string) => ENTITIES[entity]!)
    .replace(/\s+/g, (blanks) => (blanks.includes('\n') ? '\n' : ' '))
    .trim();
}
