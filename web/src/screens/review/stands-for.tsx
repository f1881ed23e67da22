import { useId, useRef, useState } from "preact/hooks";
import { SearchBox } from "../../components/search-box";
import { announcement } from "../../data/announce";
import { go } from "../../navigation";
import type { ReviewRoute } from "../../routes";

/** Where a reviewer says which resource an address of the plan stands for; kept in the address of the page. */
export function StandsFor({ address, route }: { address: string; route: ReviewRoute }) {
  const [asking, setAsking] = useState(false);
  const box = useId();
  const button = useRef<HTMLButtonElement>(null);
  const told = route.mapping.find((one) => one.address === address)?.resource;
  const tell = (resource?: string) => {
    setAsking(false);
    button.current?.focus();
    const others = route.mapping.filter((one) => one.address !== address);
    go({ ...route, mapping: resource ? [...others, { address, resource }] : others }, { replace: true });
    if (resource) announcement.value = `${address} stands for ${resource}`;
  };
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || (event.target as Element).ariaExpanded === "true") return;
    event.stopPropagation();
    tell(told);
  };
  const label = told ? "Take back" : "Choose what it is";
  return (
    <div class="stands-for" onKeyDownCapture={asking ? onEscape : undefined}>
      {told && (
        <p class="small">
          stands for <code>{told}</code>
        </p>
      )}
      <button ref={button} class="small" aria-label={`${label}: ${address}`} aria-expanded={told ? undefined : asking} onClick={() => (told ? tell() : setAsking(!asking))}>
        {label}
      </button>
      {asking && <SearchBox id={box} label={`What ${address} is`} placeholder="Name, id or ARN" choose={({ id }) => tell(id)} />}
    </div>
  );
}
