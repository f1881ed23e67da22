import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading, Message } from "./states";

/** A screen whose code comes when it is first shown. */
export function lazyScreen<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function LazyScreen(props: Props) {
    const [Screen, setScreen] = useState<ComponentType<Props> | null>(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Screen) return;
      load().then(
        (screen) => {
          loaded = screen;
          setScreen(() => screen);
        },
        () => setFailed(true),
      );
    }, [Screen]);
    if (Screen) return <Screen {...props} />;
    if (!failed) return <Loading cancel={() => history.back()} />;
    return (
      <Message title="This screen could not be loaded">
        <p>The server is gone, or has a newer page than this window.</p>
        <p>
          <button class="primary" onClick={() => location.reload()}>
            Load the page again
          </button>
        </p>
      </Message>
    );
  };
}
