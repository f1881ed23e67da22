import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading, Message } from "./states";

type Options = {
  /** True where this is a part of a screen that has its heading already. */
  part?: boolean;
};

/** A screen, or a part of one, whose code comes when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>, { part = false }: Options = {}): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      load().then(
        (component) => {
          loaded = component;
          setLoaded(() => component);
        },
        () => setFailed(true),
      );
    }, [Loaded]);
    if (Loaded) return <Loaded {...props} />;
    if (!failed) return <Loading cancel={() => history.back()} />;
    // The address brings the same view back.
    const again = (
      <button class="primary" onClick={() => location.reload()}>
        Load the page again
      </button>
    );
    if (part) {
      return (
        <p class="empty" role="alert">
          This part of the page could not be loaded: the server is gone, or has a newer page than this window. {again}
        </p>
      );
    }
    return (
      <Message title="This screen could not be loaded">
        <p>The server is gone, or has a newer page than this window.</p>
        <p>{again}</p>
      </Message>
    );
  };
}
