import { formatCount } from '../../state/format.ts';
import { pageSizes } from '../../state/history.ts';
import { Button } from '../ui/button.tsx';
import { Dropdown } from '../ui/dropdown.tsx';

export interface PagerProps {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly onChange: (part: { page?: number; page_size?: number }) => void;
}

export function Pager({ page, pageSize, total, onChange }: PagerProps) {
  const first = Math.min(total, page * pageSize + 1);
  const last = Math.min(total, (page + 1) * pageSize);
  const choices = pageSizes.map((size) => ({ value: String(size), label: `${size} a page` }));
  return (
    <div class="pager">
      <span role="status">
        {total === 0 ? 'No jobs' : `${formatCount(first)} to ${formatCount(last)} of ${formatCount(total)}`}
      </span>
      <Button isDisabled={page === 0} onPress={() => onChange({ page: page - 1 })}>
        Previous
      </Button>
      <Button isDisabled={last >= total} onPress={() => onChange({ page: page + 1 })}>
        Next
      </Button>
      <Dropdown
        label="Jobs a page"
        isLabelHidden
        value={String(pageSize)}
        choices={choices}
        onChange={(size) => onChange({ page: 0, page_size: Number(size) })}
      />
    </div>
  );
}
