/** What the file needs to know of a setting in libs/kernel/src/config.ts. */
export interface DescribedSetting {
  readonly about: string;
  readonly default?: string;
  readonly secret?: true;
}

const HEAD = `# Every setting of every service with its default. Copy the lines that differ into .env, without the "# ".
# Made from SETTINGS in libs/kernel/src/config.ts; a spec keeps the two equal.
#
# docker compose reads .env by itself; \`npm start\` does not: node --env-file=.env dist/apps/standalone/src/main.js
# Compose sets addresses, the database and secrets itself, from the files of .secrets/ (docs/operations.md).
# A secret may come from a file: <NAME>_FILE=/path.
`;

function lines(name: string, { about, default: value, secret }: DescribedSetting): string {
  return `\n# ${about}.\n# ${name}${secret ? '_FILE' : ''}=${value ?? ''}\n`;
}

/** Text of .env.example. */
export function envExample(settings: Readonly<Record<string, DescribedSetting>>): string {
  return (
    HEAD +
    Object.entries(settings)
      .map(([name, setting]) => lines(name, setting))
      .join('')
  );
}
