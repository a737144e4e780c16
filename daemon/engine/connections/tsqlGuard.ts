import { EngineError } from '../errors.ts';

/**
 * What T-SQL is made of, as far as it must be told apart: comments (they nest), text, names in quotes or brackets, words, single
 * characters. Our sessions have QUOTED_IDENTIFIER on, so "x" is a name.
 */
const token =
  /--[^\n]*|\/\*|N?'(?:[^']|'')*'|"(?:[^"]|"")*"|\[(?:[^\]]|\]\])*\]|[@#$\p{L}_][@#$\p{L}\p{N}_]*|[^\s]/giu;

/** Words that begin or make a statement that does more than read. All but the last are reserved: no bare name can be one of them. */
const actingWords: ReadonlySet<string> = new Set(
  (
    'add alter backup begin break bulk checkpoint close commit continue create dbcc deallocate declare delete deny drop exec ' +
    'execute goto grant if insert into kill merge open opendatasource openquery openrowset print raiserror readtext ' +
    'reconfigure restore return revert revoke rollback save set setuser shutdown trigger truncate update updatetext use waitfor while writetext receive'
  ).split(' '),
);

interface Scan {
  readonly words: readonly string[];
  readonly problem: string | undefined;
}

/** Words outside of comments, text and quoted names, in lower case, and what is wrong with the brackets. */
function scan(sql: string): Scan {
  const words: string[] = [];
  let depth = 0;
  let at = 0;
  token.lastIndex = 0;
  for (let found = token.exec(sql); found !== null; found = token.exec(sql)) {
    const [text] = found;
    if (text === '/*') {
      at = endOfComment(sql, found.index);
      if (at < 0) return { words, problem: 'a comment has no end' };
      token.lastIndex = at;
    } else if (text === '(') depth += 1;
    else if (text === ')') {
      depth -= 1;
      if (depth < 0) return { words, problem: 'a bracket is closed that was never opened' };
    } else if (text === ';') return { words, problem: 'only one statement may stand here' };
    else if (text === "'" || text === '"' || text === '[') return { words, problem: `${text} has no end` };
    else if (/^[@#$\p{L}_]/u.test(text) && !text.endsWith("'")) words.push(text.toLowerCase());
  }
  return { words, problem: depth > 0 ? 'a bracket has no end' : undefined };
}

/** Comments nest in T-SQL. Returns the place behind it, or -1. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at += 1) {
    const pair = sql.slice(at, at + 2);
    if (pair === '/*') depth += 1;
    else if (pair === '*/') depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return -1;
}

/**
 * Throws unless the text is one SELECT that only reads. A batch of T-SQL may hold several statements without a word between them, and
 * no session of SQL Server can be made read-only, so every word counts: in a SELECT none of the acting ones can stand bare.
 */
export function assertReadingTsql(sql: string): void {
  const { words, problem } = scan(sql.replace(/[;\s]+$/, ''));
  if (problem !== undefined) throw new EngineError('definition', 'syntax_error', `${problem}: ${start(sql)}`);
  const [first] = words;
  const acting = words.find((word) => actingWords.has(word));
  const isSequence = words.some((word, index) => word === 'next' && words[index + 1] === 'value');
  if (first === 'with')
    throw new EngineError(
      'definition',
      'with_not_possible',
      `a query of SQL Server cannot begin with WITH here`,
      {
        hint: 'It stands in brackets inside of another query, where SQL Server takes no WITH: make it a view, or write derived tables.',
      },
    );
  if (first === 'select' && acting === undefined && !isSequence) return;
  throw new EngineError('permission', 'read_only', 'only a SELECT may stand here', {
    hint:
      first !== 'select' || acting === undefined
        ? 'SQL of pipelines may only read.'
        : `SQL of pipelines may only read; a column called ${acting} is written [${acting}].`,
  });
}

/** A condition stands in brackets of our own, so it has to keep to its place there and must not act. */
export function assertReadingCondition(sql: string): void {
  assertReadingTsql(`select 1 where (\n${sql}\n)`);
  const { problem } = scan(sql);
  if (problem !== undefined) throw new EngineError('definition', 'syntax_error', `${problem}: ${start(sql)}`);
}

const start = (sql: string): string => sql.trim().slice(0, 80);
