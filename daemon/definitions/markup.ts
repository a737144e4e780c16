/** HTML that is safe to put in a page: made by `html` only, so text can get in nowhere without being escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | readonly Part[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\u0000': '\uFFFD',
};

function escape(text: string): string {
  return text.replace(/[&<>"'\u0000]/g, (character) => entities[character] ?? '');
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escape(String(part));
}

/** Template tag: every value is escaped unless it is Markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + render(parts[index])).join(''));
}

/** Text of a user, kept from turning the direction of what stands beside it. */
export function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/** A table; nothing for no rows. `numeric` names the columns that are aligned right. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (Markup | string | number | undefined)[])[],
): Markup | undefined {
  if (rows.length === 0) return undefined;
  const cell = (value: Markup | string | number | undefined): Markup =>
    typeof value === 'number'
      ? html`<td class="number">${value}</td>`
      : html`<td>${typeof value === 'string' ? isolated(value) : value}</td>`;
  return html`<table>
    <thead>
      <tr>
        ${headings.map((heading) => html`<th>${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map(cell)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

const styles = `
:root{color-scheme:light dark;--line:#8886;--soft:#8881}
body{font:14px/1.5 system-ui,sans-serif;max-width:1200px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.25rem;margin-top:2.5rem}h3{font-size:1.05rem}
section{border-top:1px solid var(--line);margin-top:2rem}
table{border-collapse:collapse;margin:.75rem 0;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{background:var(--soft)}.number{text-align:right;font-variant-numeric:tabular-nums}
pre{background:var(--soft);padding:.75rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.status{font-weight:600;padding:.05rem .5rem;border-radius:.75rem;border:1px solid currentColor;white-space:nowrap}
.good{color:#1a7f37}.bad{color:#c62828}.warn{color:#a15c00}.null{opacity:.6;font-style:italic}
@media (prefers-color-scheme:dark){.good{color:#56d364}.bad{color:#ff7b72}.warn{color:#e3b341}}
@media print{body{max-width:none}details>*{display:block}}
`;

/** A whole document: no scripts, nothing loaded from anywhere. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Markup(styles)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
