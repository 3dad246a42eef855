/** The top of the page: what is shown, and what can be done with it. */

import { useState } from 'preact/hooks';
import { formatCount } from '../format.js';
import { mesh, scene, sheet, shownSet, showsHelp } from '../state.js';

export function Header() {
  const shown = mesh.value;
  return (
    <header class="header">
      <h1>{shown?.name ?? 'offload'}</h1>
      {shown !== undefined && <span class="count">{formatCount(shown.triangles)} triangles</span>}
      {shown !== undefined && shownSet.value.state === 'found' && (
        <span class="count">shown {formatCount(shownSet.value.set.triangles)}</span>
      )}
      <span class="space" />
      <SheetButton place="left" title="Display" />
      <SheetButton place="right" title="Facts" />
      <ShareButton />
      <button
        type="button"
        title="Save the picture as PNG"
        onClick={savePicture}
        disabled={shown === undefined}
      >
        Screenshot
      </button>
      <button
        type="button"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => {
          showsHelp.value = true;
        }}
      >
        ?
      </button>
    </header>
  );
}

/** Opens or closes a column of panels on a small screen. */
function SheetButton({ place, title }: { readonly place: 'left' | 'right'; readonly title: string }) {
  const isOpen = sheet.value === place;
  return (
    <button
      class="only-small"
      type="button"
      aria-expanded={isOpen}
      aria-controls={`column-${place}`}
      onClick={() => {
        sheet.value = isOpen ? undefined : place;
      }}
    >
      {title}
    </button>
  );
}

function ShareButton() {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" title="Copy the URL of this view" onClick={copy}>
      {isCopied ? 'Copied' : 'Share'}
    </button>
  );
}

async function savePicture(): Promise<void> {
  const picture = await scene.value?.capture();
  if (picture === null || picture === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = `${(mesh.value?.name ?? 'mesh').replace(/\.\w+$/, '')}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
