/** What the page tells if there is no complete picture: preparing, empty, failed, server gone, no WebGL. */

import type { ComponentChildren } from 'preact';
import type { ViewState } from '../../src/view/wire/messages.js';
import { formatCount, formatSeconds } from '../format.js';
import { connection, drawn, hasWebgl, isPictureLost, mesh, view } from '../state.js';

export function Notice() {
  if (!hasWebgl.value) {
    return (
      <Card title="This browser shows no 3D" isAlert>
        <p>WebGL is missing or switched off.</p>
        <p>
          Switch on hardware acceleration in the settings of the browser, or open the page in another one. In
          a remote session, use the browser of your own machine with <code>ssh -L</code>.
        </p>
      </Card>
    );
  }
  if (connection.value === 'refused') {
    return (
      <Card title="The address has no token" isAlert>
        <p>
          Open the URL that <code>offload view</code> has printed. It changes with every start.
        </p>
      </Card>
    );
  }
  const state = view.value;
  if (state?.state === 'failed') {
    return (
      <Card title="The mesh cannot be shown" isAlert>
        <p>{state.error.message}</p>
        {state.error.hint !== undefined && <p class="quiet">{state.error.hint}</p>}
      </Card>
    );
  }
  if (connection.value === 'gone') {
    return (
      <Banner>
        offload view has ended or is out of reach. {mesh.value !== undefined && 'The picture stays. '}
        The page connects again when it is back.
      </Banner>
    );
  }
  if (isPictureLost.value) {
    return (
      <Banner>
        The graphics card was reset. The picture comes back by itself; if it does not, reload the page.
      </Banner>
    );
  }
  if (state?.state === 'preparing') {
    const progress = <Preparing state={state} />;
    return drawn.value === undefined ? (
      <Card title="Preparing">{progress}</Card>
    ) : (
      <Banner>{progress}</Banner>
    );
  }
  if (mesh.value?.slots === 0) {
    return (
      <Card title="No triangles">
        <p>{mesh.value.name} has no triangles to show.</p>
      </Card>
    );
  }
  return null;
}

const STEPS = { import: 'Reading the mesh', tiles: 'Building tiles' } as const;

function Preparing({ state }: { readonly state: Extract<ViewState, { readonly state: 'preparing' }> }) {
  const { step, share, seconds, triangles } = state;
  // The first moments say nothing about the rest.
  const left = share !== null && share > 0.05 && seconds > 1 ? (seconds / share) * (1 - share) : undefined;
  return (
    <div class="preparing" role="status">
      <p>
        {STEPS[step]}
        {share !== null && `, ${Math.floor(100 * share)} %`}
        {left !== undefined && `, ${formatSeconds(Math.max(1, left))} left`}
      </p>
      <progress aria-label={STEPS[step]} {...(share === null ? {} : { value: share })} max={1} />
      {triangles > 0 && step === 'import' && <p class="quiet">{formatCount(triangles)} triangles so far</p>}
    </div>
  );
}

function Card(props: {
  readonly title: string;
  readonly isAlert?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="notice card" role={props.isAlert ? 'alert' : undefined}>
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

function Banner({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="notice banner" role="status">
      {children}
    </div>
  );
}
