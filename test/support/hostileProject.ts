/** A project whose names and data try everything that text can do to a page that takes it for more than text. */

export const markup = '<img src=x onerror=document.title="gone"><b>bold';
/** Turns around what stands after it, if it acts: here it would read "gpj.exe". */
export const bidi = 'evil\u202eexe.jpg\u2066\u061c\u200f';
export const emoji = '👩‍👩‍👧‍👦 naïve 🏳️‍🌈';
/** No blank in it where a line could break. */
export const long = 'W'.repeat(10_000);
/** As long as names of jobs, and of pipelines and connections, may be. */
export const longJob = 'J'.repeat(500);
export const longName = 'N'.repeat(200);

const csv = (rows: readonly (readonly string[])[]): string =>
  `${rows.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')).join('\n')}\n`;
const header = ['id', markup, bidi, emoji, longName];
const source = [
  header,
  ['1', markup, bidi, emoji, long],
  ['2', 'a', 'b', 'c', 'd'],
  [`3 ${markup}`, 'e', 'f', 'g', 'h'],
];
const target = [header, ['1', `${markup}!`, `${bidi}!`, `${emoji}!`, `${long}!`], ['2', 'a', 'b', 'c', 'd']];

export const connections = { source: `old ${markup}`, target: `new ${bidi}` } as const;
export const pipelineIds = [markup, bidi, emoji, longName] as const;
const pipeline = (id: string): string =>
  JSON.stringify({
    pipeline_id: id,
    source: { connection: connections.source, table: 'facts.csv' },
    target: { connection: connections.target, table: 'facts.csv' },
    keys: ['id'],
    checks: ['row_count', 'row_hash'],
  });

/** JSON is YAML. */
export const hostileProject: Readonly<Record<string, string>> = {
  'ombudsman.yaml': JSON.stringify({
    name: emoji,
    connections: {
      [connections.source]: { type: 'files', path: 'old' },
      [connections.target]: { type: 'files', path: 'new' },
    },
  }),
  'old/facts.csv': csv(source),
  'new/facts.csv': csv(target),
  ...Object.fromEntries(pipelineIds.map((id, at) => [`pipelines/${at}.pipeline.yaml`, pipeline(id)])),
};

/** Jobs of hostile names, with hostile operations, tags and output. */
export const hostileJobs = [markup, bidi, emoji, longJob].map((job_name) => ({
  job_name,
  tags: [markup, bidi, emoji],
  operations: [
    ...pipelineIds.map((pipeline_id) => ({ name: `validate ${pipeline_id}`, type: 'pipeline', pipeline_id })),
    {
      name: `print ${job_name}`.slice(0, 500),
      type: 'command',
      program: 'printf',
      args: [`${markup}\n${bidi}\n${emoji}\n${long}\n`],
    },
    { name: 'missing', type: 'command', program: `${markup}${bidi}` },
  ],
}));
