import { useState } from 'preact/hooks';
import { formatCount } from '../../state/format.ts';
import { pageOfRow } from '../../state/paging.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/textField.tsx';

export interface RowPagerProps {
  /** What the rows are: `row`, `operation`. */
  readonly noun: string;
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Pages, to both ends of all rows, and to the row of a number. */
export function RowPager({ noun, page, pageSize, total, onPage }: RowPagerProps) {
  const [wanted, setWanted] = useState('');
  const last = Math.max(0, Math.ceil(total / pageSize) - 1);
  const from = formatCount(page * pageSize + 1);
  const to = formatCount(Math.min(total, (page + 1) * pageSize));
  const goTo = (text: string) => {
    setWanted(text);
    const target = pageOfRow(text, total, pageSize);
    if (target !== undefined) onPage(target);
  };
  const isUnknown = wanted.trim() !== '' && total > 0 && pageOfRow(wanted, total, pageSize) === undefined;
  return (
    <div class="pager">
      <span role="status">{total === 0 ? `No ${noun}s` : `${from} to ${to} of ${formatCount(total)}`}</span>
      {total <= pageSize ? null : (
        <>
          <Button isDisabled={page === 0} onPress={() => onPage(0)}>
            First
          </Button>
          <Button isDisabled={page === 0} onPress={() => onPage(page - 1)}>
            Previous {noun}s
          </Button>
          <Button isDisabled={page >= last} onPress={() => onPage(page + 1)}>
            Next {noun}s
          </Button>
          <Button isDisabled={page >= last} onPress={() => onPage(last)}>
            Last
          </Button>
          <TextField
            label={`Go to ${noun}`}
            isLabelHidden
            value={wanted}
            placeholder={`Go to ${noun}`}
            problem={isUnknown ? `Write a number from 1 to ${formatCount(total)}.` : undefined}
            onInput={goTo}
          />
        </>
      )}
    </div>
  );
}
