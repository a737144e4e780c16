import { visible } from '../../state/format.ts';

/** A name from a file or a database: text, whatever it holds, kept apart from the direction of what stands around it. */
export function Name({ text }: { readonly text: string }) {
  const shown = visible(text, 500);
  return (
    <bdi class="name" title={shown}>
      {shown}
    </bdi>
  );
}
