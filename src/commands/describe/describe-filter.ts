/** A saved filter as command-line options. */

import type { SavedSelection } from '../../filter/saved-selection.js';
import { formatComponent } from '../../filter/triangle-filter.js';
import { formatShape } from '../../geometry/shapes.js';
import type { TransformStep } from '../../geometry/transform.js';
import { escapeControls } from '../../wording.js';

export function describeFilter(filter: SavedSelection): string {
  const {
    where = [],
    sql = [],
    shapes = [],
    parts = [],
    sources = [],
    components = [],
    drop = [],
    sample,
    limit,
  } = filter;
  const { weld, transform = [], orient, flip = false } = filter;
  const words = [
    ...where.map((text) => `--where ${quote(text)}`),
    ...sql.map((text) => `--sql ${quote(text)}`),
    ...shapes.map((shape) => `--${formatShape(shape)}`),
    ...parts.map((name) => `--part ${quote(name)}`),
    ...sources.map((name) => `--source ${quote(name)}`),
    ...components.map((choice) => `--component ${formatComponent(choice)}`),
  ];
  if (shapes.some(({ touching }) => touching)) words.push('--touching');
  if (drop.length > 0) words.push(`--drop ${drop.join(',')}`);
  if (sample !== undefined) words.push(`--sample ${sample.share} --seed ${sample.seed}`);
  if (limit !== undefined) words.push(`--limit ${limit}`);
  if (weld !== undefined) words.push(`--weld ${weld}`);
  words.push(...transform.map(describeStep));
  if (orient !== undefined) words.push(`--orient ${orient}`);
  if (flip) words.push('--flip');
  return words.join(' ');
}

function describeStep(step: TransformStep): string {
  switch (step.kind) {
    case 'scale':
      return `--scale ${step.factors.join(',')}`;
    case 'translate':
      return `--translate ${step.by.join(',')}`;
    case 'rotate':
      return `--rotate ${[...step.axis, step.degrees].join(',')}`;
    case 'matrix':
      return `--matrix ${step.numbers.join(',')}`;
    case 'units':
      return `--units ${step.from}:${step.to}`;
  }
}

/** Quotes a text for a shell. */
function quote(text: string): string {
  return `'${escapeControls(text).replaceAll("'", "'\\''")}'`;
}
