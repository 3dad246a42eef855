/** The list of keys. */

import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from '../keys.js';
import { showsHelp } from '../state.js';

const MOUSE = [
  ['Click', 'pick a triangle'],
  ['Drag', 'orbit'],
  ['Right drag', 'pan'],
  ['Wheel', 'zoom to the pointer'],
] as const;

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = showsHelp.value;
  useEffect(() => {
    if (isOpen) dialog.current!.showModal();
    else dialog.current!.close();
  }, [isOpen]);
  const lines = new Map([...MOUSE, ...KEYS.map(({ shown, does }) => [shown, does] as const)]);
  const close = () => {
    showsHelp.value = false;
  };
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={close}>
      {/* At the top: the dialog scrolls to what has the focus. */}
      <div class="row">
        <h2 class="name">Keys and mouse</h2>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
      <dl class="facts">
        {[...lines].map(([shown, does]) => (
          <>
            <dt key={`${shown} key`}>{shown}</dt>
            <dd key={shown}>{does}</dd>
          </>
        ))}
      </dl>
    </dialog>
  );
}
