/** The panels of the page, in order. A new panel is a component of its own file and a line here. */

import type { ComponentType } from 'preact';
import { ColorPanel } from './color-panel.js';
import { ExportPanel } from './export-panel.js';
import { FilterPanel } from './filter-panel.js';
import { FlawsPanel } from './flaws-panel.js';
import { InspectPanel } from './inspect-panel.js';
import { MeshPanel } from './mesh-panel.js';
import { PartsPanel } from './parts-panel.js';
import { SqlPanel } from './sql-panel.js';
import { ViewPanel } from './view-panel.js';

export interface PanelEntry {
  readonly id: string;
  readonly title: string;
  readonly place: 'left' | 'right' | 'bottom';
  readonly Panel: ComponentType;
}

export const PANELS: readonly PanelEntry[] = [
  { id: 'filter', title: 'Filter', place: 'left', Panel: FilterPanel },
  { id: 'color', title: 'Color', place: 'left', Panel: ColorPanel },
  { id: 'export', title: 'Export', place: 'left', Panel: ExportPanel },
  { id: 'view', title: 'View', place: 'left', Panel: ViewPanel },
  { id: 'inspect', title: 'Inspect', place: 'right', Panel: InspectPanel },
  { id: 'flaws', title: 'Flaws', place: 'right', Panel: FlawsPanel },
  { id: 'mesh', title: 'Mesh', place: 'right', Panel: MeshPanel },
  { id: 'parts', title: 'Parts', place: 'right', Panel: PartsPanel },
  { id: 'sql', title: 'SQL', place: 'bottom', Panel: SqlPanel },
];
