/** A text as a YAML scalar that is read as that very text: plain where it can be, else in double quotes. */
export function yamlScalar(text: string): string {
  return isPlain(text) ? text : JSON.stringify(text);
}

function isPlain(text: string): boolean {
  if (text === '' || text.trim() !== text) return false;
  // What the core schema takes for something else than text.
  if (/^(?:true|false|null|~|[-+]?\.(?:inf|nan))$/i.test(text)) return false;
  if (/^[-+]?(?:\d|\.\d)[\d_.]*(?:e[-+]?\d+)?$/i.test(text) || /^0[xo][0-9a-f]+$/i.test(text)) return false;
  if (/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`]/.test(text)) return false;
  return !/[\n\t\r]|: |:$| #|[,[\]{}]/.test(text);
}
