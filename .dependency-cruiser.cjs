// Who may lean on whom. Each rule says why; `npm run deps` checks them.

/** What each library may import of ours. */
const MAY_IMPORT = {
  contracts: [],
  kernel: ['contracts'],
  channels: ['contracts', 'kernel', 'identity'],
  media: ['contracts', 'kernel'],
  stream: ['contracts', 'kernel'],
  identity: ['contracts', 'kernel'],
  persistence: ['contracts', 'kernel', 'identity', 'stream'],
  ingress: ['contracts', 'kernel', 'channels', 'stream'],
  runtime: ['contracts', 'kernel', 'channels', 'stream', 'persistence'],
  simulators: ['contracts', 'kernel'],
};
const SPECS = '\\.(int-|e2e-)?spec\\.ts$';

const layers = Object.entries(MAY_IMPORT).map(([lib, allowed]) => ({
  name: `layer-${lib}`,
  comment: `libs/${lib} may import ${allowed.join(', ') || 'nothing of ours'}: lower layers never know higher ones.`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: SPECS },
  to: { path: '^libs/', pathNot: [lib, ...allowed].map((name) => `^libs/${name}/`) },
}));

const homes = [
  ['kafkajs', '^libs/stream/'],
  ['typeorm|pg', '^libs/persistence/'],
  ['imapflow|mailparser|nodemailer|mailauth|tldts', '^(apps/email|libs/channels/src/shared/mail)/'],
  ['ipaddr.js|file-type|aws4fetch', '^libs/media/'],
  ['smpp', '^(apps/sms|libs/simulators/src/smpp)/'],
].map(([packages, home]) => ({
  name: `home-of-${packages.replaceAll('|', '-')}`,
  comment: 'A third party has one home, so that replacing it touches one folder.',
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: [home, SPECS] },
  to: { path: `^node_modules/(${packages})/` },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...homes,
    {
      name: 'no-circular',
      comment: 'Files that import each other cannot be understood apart.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-stand-alone',
      comment: 'An app never imports another app; only standalone composes their root modules.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'standalone-composes-roots',
      comment: 'standalone takes root modules, not the insides of an app.',
      severity: 'error',
      from: { path: '^apps/standalone/', pathNot: SPECS },
      to: { path: '^apps/(?!standalone/)', pathNot: '^apps/[^/]+/src/([a-z-]+\\.module|consumption)\\.ts$' },
    },
    {
      name: 'libs-below-apps',
      comment: 'A library does not know who uses it.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-by-their-door',
      comment: 'A library is imported by its index; deeper paths are private.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/', pathNot: SPECS },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'providers-apart',
      comment: "A provider's quirks stay in its folder; what providers share is in shared/.",
      severity: 'error',
      from: { path: '^libs/channels/src/([^/]+)/' },
      to: { path: '^libs/channels/src/[^/]+/', pathNot: ['^libs/channels/src/$1/', '^libs/channels/src/shared/'] },
    },
    {
      name: 'testkit-in-specs',
      comment: 'The test kit is no part of the product.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [SPECS, '^libs/testkit/'] },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that does not resolve fails at run time only.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What the product imports must be among the dependencies, or a production install lacks it.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [SPECS, '^libs/testkit/'] },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
