/** The bottom line: what is drawn, loaded and used. */

import { formatBytes, formatCount } from '../format.js';
import { connection, memory, mesh, problem, status } from '../state.js';

export function StatusBar() {
  const drawn = status.value;
  const used = memory.value;
  return (
    <footer class="status">
      <span class={`dot ${connection.value}`} aria-hidden="true" />
      <span>{describeConnection()}</span>
      {drawn !== undefined && mesh.value !== undefined && (
        <>
          <span>{formatCount(drawn.triangles)} drawn</span>
          <span class="only-large">{formatBytes(drawn.receivedBytes)} loaded</span>
          <span class="only-large">{formatBytes(drawn.heldBytes)} held</span>
        </>
      )}
      {used !== undefined && (
        <span class="only-large">
          server {formatBytes(used.used)} of {formatBytes(used.limit)}
        </span>
      )}
      {problem.value !== undefined && (
        <span class="problem" role="alert">
          {problem.value.message}
        </span>
      )}
    </footer>
  );
}

function describeConnection(): string {
  if (connection.value === 'connecting') return 'connecting';
  if (connection.value !== 'open') return 'no connection';
  if (mesh.value === undefined) return 'connected';
  return status.value?.isSettled ? 'ready' : 'loading';
}
