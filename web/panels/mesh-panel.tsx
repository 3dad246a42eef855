/** Counts and measures of the mesh. */

import { formatCount, formatLength } from '../format.js';
import { mesh } from '../state.js';

const AXES = ['x', 'y', 'z'] as const;

export function MeshPanel() {
  const shown = mesh.value;
  if (shown === undefined) return <p class="quiet">No mesh yet.</p>;
  const { triangles, vertices, bounds, sources, sourceCount } = shown;
  return (
    <>
      <dl class="facts">
        <dt>triangles</dt>
        <dd>{formatCount(triangles)}</dd>
        <dt>vertices</dt>
        <dd>{formatCount(vertices)}</dd>
      </dl>
      {bounds !== null && (
        <table class="bounds">
          <thead>
            <tr>
              <td />
              <th scope="col">from</th>
              <th scope="col">to</th>
              <th scope="col">size</th>
            </tr>
          </thead>
          <tbody>
            {AXES.map((axis, k) => (
              <tr key={axis}>
                <th scope="row" class={`axis-${axis}`}>
                  {axis}
                </th>
                <td>{formatLength(bounds.min[k]!)}</td>
                <td>{formatLength(bounds.max[k]!)}</td>
                <td>{formatLength(bounds.max[k]! - bounds.min[k]!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>{sourceCount === 1 ? 'Source' : `${formatCount(sourceCount)} sources`}</h2>
      <ul class="list">
        {sources.slice(0, 20).map(({ id, path, triangles: count }) => (
          <li key={id} title={path}>
            <span class="name">{path.split(/[/\\]/).at(-1)}</span>
            <span class="number">{formatCount(count)}</span>
          </li>
        ))}
        {sourceCount > 20 && <li class="quiet">and {formatCount(sourceCount - 20)} more</li>}
      </ul>
    </>
  );
}
