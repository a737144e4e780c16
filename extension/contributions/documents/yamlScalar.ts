const plain = /^[A-Za-z_$/][\w$/.⇄→()-]*(?: [\w$/.⇄→()=-]+)*$/;
const reserved = /^(?:null|true|false|yes|no|on|off|y|n|\.nan|\.inf)$/i;

/** Text as a scalar of YAML: plain where it cannot be misread, else in double quotes. */
export function yamlScalar(text: string): string {
  return plain.test(text) && !reserved.test(text) ? text : JSON.stringify(text);
}

/** `[a, b]`. */
export function yamlList(texts: readonly string[]): string {
  return `[${texts.map((text) => (/[()]/.test(text) ? JSON.stringify(text) : yamlScalar(text))).join(', ')}]`;
}
