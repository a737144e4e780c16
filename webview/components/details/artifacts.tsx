import type { Operation } from '../../../daemon/protocol/entities.ts';
import { post } from '../../host.ts';
import { formatBytes, visible } from '../../state/format.ts';

export interface ArtifactsProps {
  readonly jobId: string;
  readonly operation: Operation;
}

/** Files the operation wrote; the extension opens each as what it is. */
export function Artifacts({ jobId, operation }: ArtifactsProps) {
  const { artifacts, operation_id } = operation;
  if (artifacts.length === 0) return null;
  return (
    <section aria-label="Artifacts">
      <h4>Artifacts</h4>
      <ul class="artifacts">
        {artifacts.map(({ artifact_id, name, kind, bytes, path }) => (
          <li key={artifact_id}>
            <button
              type="button"
              class="link"
              title={visible(path, 500)}
              onClick={() => post({ type: 'openArtifact', job_id: jobId, operation_id, artifact_id })}
            >
              {visible(name, 200)}
            </button>{' '}
            <span class="caption">
              {kind}, {formatBytes(bytes)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
