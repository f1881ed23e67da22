import { useState } from "preact/hooks";
import { asRequestError, type RequestError } from "../api/client";

type More<Page> = {
  /** The first page and those asked for since; none while there is no first. */
  pages: Page[];
  load: () => Promise<void>;
  busy: boolean;
  error: RequestError | null;
};

/** Later pages of a list, by `next` one after the other. They belong to the first one: another first page forgets them. */
export function useMore<Page>(first: Page | null, next: (pages: Page[]) => Promise<Page | null>): More<Page> {
  const [later, setLater] = useState<{ first: Page | null; pages: Page[] }>({ first, pages: [] });
  const [error, setError] = useState<RequestError | null>(null);
  const [busy, setBusy] = useState(false);
  const pages = first === null ? [] : [first, ...(later.first === first ? later.pages : [])];
  const load = async () => {
    setError(null);
    setBusy(true);
    try {
      const page = await next(pages);
      if (page !== null) setLater({ first, pages: [...pages.slice(1), page] });
    } catch (failure) {
      setError(asRequestError(failure));
    }
    setBusy(false);
  };
  return { pages, load, busy, error };
}
