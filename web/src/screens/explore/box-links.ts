import { useEffect, useMemo, useState } from "preact/hooks";
import { request } from "../../api/client";
import { BoxLinks, Estate, type BoxLinksResult } from "../../api/generated";
import { useQuery } from "../../data/query";
import { readEstate, type Box } from "../../layout/estate";
import { tileOf, type Tile } from "../../layout/treemap";
import type { ExploreRoute } from "../../routes";
import { levelsOf } from "../../words/groups";
import { narrowed } from "./narrowed";

/** The most resources of a box whose links are asked for. */
export const MOST_INSIDE = 60;
/** The most lines that stand out. */
export const STRONGEST = 7;
/** The ends that are looked for on the map, the most linked first: each is a question to the server. */
const MOST_ENDS = 24;
/** The deepest nesting that the operation asks for. */
const MOST_LEVELS = 5;

type Strength = { needs: number; neededBy: number; /** True where every link is concluded. */ inferred: boolean };
/** A drawn box that the selected one is linked with. */
export type LinkedBox = Strength & { tile: Tile };
export type Linked = { /** The most links first. */ boxes: LinkedBox[]; /** Links to what is not drawn, or not looked for. */ others: number };

/** What the resources in a box are linked with outside of it, by drawn boxes; null while that is not known, or too much to ask. */
export function useBoxLinks(route: ExploreRoute, box: Box | null, tiles: Tile[]): Linked | null {
  const filter = narrowed({ ...route, path: box?.path ?? [] });
  const { data } = useQuery(BoxLinks, box && box.count <= MOST_INSIDE ? { filter } : null);
  const ends = useMemo(() => data && endsOf(data.resources.nodes), [data]);
  const paths = usePaths(route, ends);
  return useMemo(() => box && ends && paths && byTile(box, ends, paths, tiles), [box, ends, paths, tiles]);
}

type Ends = { all: Map<string, Strength>; /** Beyond what one answer holds. */ unread: number };

function endsOf(inside: BoxLinksResult["resources"]["nodes"]): Ends {
  const own = new Set(inside.map(({ id }) => id));
  const all = new Map<string, Strength>();
  const count = (id: string, way: "needs" | "neededBy", inferred: boolean) => {
    if (own.has(id)) return;
    const end = all.get(id) ?? { needs: 0, neededBy: 0, inferred: true };
    all.set(id, { ...end, [way]: end[way] + 1, inferred: end.inferred && inferred });
  };
  let unread = 0;
  for (const { needs, neededBy } of inside) {
    for (const { to, evidence } of needs.nodes) count(to.id, "needs", evidence.inferred);
    for (const { from, evidence } of neededBy.nodes) count(from.id, "neededBy", evidence.inferred);
    unread += needs.totalCount - needs.nodes.length + neededBy.totalCount - neededBy.nodes.length;
  }
  return { all: new Map([...all].toSorted(([, a], [, b]) => total(b) - total(a))), unread };
}

/** Where each end is in the estate: asked for one by one, as the API says it of groups alone. */
function usePaths(route: ExploreRoute, ends: Ends | null): Map<string, string[]> | null {
  const [found, setFound] = useState<{ ends: Ends; paths: Map<string, string[]> } | null>(null);
  useEffect(() => {
    if (!ends) return undefined;
    const controller = new AbortController();
    const levels = levelsOf(route.groupBy).slice(0, MOST_LEVELS);
    const pathOf = async (id: string): Promise<[string, string[]]> => {
      const filter = { ...narrowed(route), text: id };
      const { estate } = await request(Estate, { groupBy: levels, tag: route.tag || null, filter, depth: levels.length }, controller.signal);
      let boxes = readEstate(estate, levels);
      let path: string[] = [];
      // An id may be the beginning of others: then what holds them all.
      for (; boxes.length === 1 && boxes[0]; boxes = boxes[0].boxes) path = boxes[0].path;
      return [id, path];
    };
    Promise.all([...ends.all.keys()].slice(0, MOST_ENDS).map(pathOf)).then(
      (paths) => setFound({ ends, paths: new Map(paths) }),
      // The map stands without its lines, and the panel says so.
      () => undefined,
    );
    return () => controller.abort();
    // Of the route only what the ends were asked for.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [ends]);
  return found?.ends === ends ? (found?.paths ?? null) : null;
}

function byTile({ path: own }: Box, { all, unread }: Ends, paths: Map<string, string[]>, tiles: Tile[]): Linked {
  const boxes = new Map<string, LinkedBox>();
  let others = unread;
  for (const [id, end] of all) {
    const path = paths.get(id) ?? [];
    const tile = path.length > 0 ? tileOf(tiles, path) : null;
    // A line to what is around it or in it would say nothing.
    if (!tile || isWithin(own, tile.box.path) || isWithin(tile.box.path, own)) {
      others += total(end);
      continue;
    }
    const key = tile.box.path.join("\n");
    const { needs, neededBy, inferred } = boxes.get(key) ?? { needs: 0, neededBy: 0, inferred: true };
    boxes.set(key, { tile, needs: needs + end.needs, neededBy: neededBy + end.neededBy, inferred: inferred && end.inferred });
  }
  return { boxes: [...boxes.values()].toSorted((a, b) => total(b) - total(a)), others };
}

function isWithin(path: string[], outer: string[]): boolean {
  return outer.every((key, index) => key === path[index]);
}

export function total({ needs, neededBy }: Strength): number {
  return needs + neededBy;
}
