import { describe, expect, test } from "vitest";
import { groupName } from "../words/groups";
import { readEstate, trailTo, type Answered, type Box } from "./estate";
import { shadeLimits, shadeOf, shadeWords } from "./shades";
import { readSort, sorted } from "./sort";
import { layTiles, leavesOf, tileAt, tileOf, type Tile } from "./treemap";

const group = (key: string, count: number, groups: Answered[] = []): Answered => ({ key, label: key, count, dependents: 0, blindSpots: 0, changed: null, groups });
const LEVELS = ["REGION", "VPC", "CLUSTER", "SERVICE", "KIND"] as const;
const ESTATE = [
  group("eu", 90, [group("vpc-a", 60, [group("prod", 60, [group("web", 40, [group("ECS_TASK", 40)]), group("api", 20)])]), group("", 30, [group("", 30, [group("", 30, [group("IAM_ROLE", 20), group("SECRET", 10)])])])]),
  group("us", 10, [group("", 10, [group("", 10)])]),
];
const boxes = readEstate(ESTATE, [...LEVELS]);
const area = (tile: Tile) => tile.width * tile.height;
const flat = (all: Tile[]): Tile[] => all.flatMap((tile) => [tile, ...flat(tile.inside)]);
const named = (all: Box[]) => all.map((box) => box.path.join("/"));

describe("the estate", () => {
  test("leaves out levels of which nothing is known, and keeps the way through them", () => {
    expect(named(boxes)).toEqual(["eu", "us"]);
    expect(named(boxes[0]?.boxes ?? [])).toEqual(["eu/vpc-a", "eu/"]);
    expect(named(boxes[0]?.boxes[1]?.boxes ?? [])).toEqual(["eu////IAM_ROLE", "eu////SECRET"]);
    expect(boxes[1]?.boxes).toEqual([]);
    expect(boxes.map((box) => box.isRest)).toEqual([false, true]);
  });

  test("knows the way to a box, also over levels that have none", () => {
    expect(named(trailTo(boxes, []) ?? [])).toEqual([]);
    expect(named(trailTo(boxes, ["eu", "vpc-a", "prod"]) ?? [])).toEqual(["eu", "eu/vpc-a", "eu/vpc-a/prod"]);
    expect(named(trailTo(boxes, ["eu", "", "", "", "SECRET"]) ?? [])).toEqual(["eu", "eu/", "eu////SECRET"]);
    expect(named(trailTo(boxes, ["eu", "", ""]) ?? [])).toEqual(["eu", "eu/"]);
  });

  test("says that a box is not there", () => {
    expect(trailTo(boxes, ["mars"])).toBeNull();
    expect(trailTo(boxes, ["eu", "vpc-b"])).toBeNull();
    expect(trailTo(boxes, ["eu", "vpc-a", "prod", "web", "ECS_TASK", "x"])).toBeNull();
    expect(trailTo([], ["eu"])).toBeNull();
  });
});

describe("the tiles", () => {
  const tiles = layTiles(boxes, 1_000, 600);

  test("lie inside of their group and beside each other", () => {
    for (const tile of flat(tiles)) {
      for (const inner of tile.inside) {
        expect(inner.x).toBeGreaterThanOrEqual(tile.x);
        expect(inner.y).toBeGreaterThanOrEqual(tile.y);
        expect(inner.x + inner.width).toBeLessThanOrEqual(tile.x + tile.width + 0.001);
        expect(inner.y + inner.height).toBeLessThanOrEqual(tile.y + tile.height + 0.001);
      }
    }
    const leaves = leavesOf(tiles);
    for (const one of leaves) {
      for (const other of leaves) {
        if (one === other) continue;
        const apart = one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
        expect(apart, `${named([one.box])} and ${named([other.box])}`).toBe(true);
      }
    }
  });

  test("are as large as what they hold", () => {
    const [eu, us] = tiles as [Tile, Tile];
    expect(area(eu) / area(us)).toBeGreaterThan(8);
    expect(area(eu) / area(us)).toBeLessThan(10);
  });

  test("show a service as one box", () => {
    expect(named(leavesOf(tiles).map((tile) => tile.box))).toContain("eu/vpc-a/prod/web");
  });

  test("are found by point and by path", () => {
    const web = tileOf(tiles, ["eu", "vpc-a", "prod", "web"]) as Tile;
    expect(tileAt(tiles, web.x + 5, web.y + 5)).toBe(web);
    expect(tileAt(tiles, -1, 5)).toBeNull();
    expect(tileOf(tiles, ["eu", "vpc-a", "prod", "web", "ECS_TASK"]), "what is not drawn is where its group is").toBe(web);
    expect(tileOf(tiles, ["mars"])).toBeNull();
  });

  test("hold nothing where there is no room for a name", () => {
    expect(flat(layTiles(boxes, 60, 30)).map((tile) => tile.inside.length)).toEqual([0, 0]);
    expect(layTiles(boxes, 0, 600)).toEqual([]);
    expect(layTiles([], 100, 100)).toEqual([]);
  });
});

describe("the shades", () => {
  test.each([
    [0, [0, 1, 2, 3, 4]],
    [3, [0, 1, 2, 3, 4]],
    [10_000, [0, 1, 10, 100, 1_000]],
  ])("up to %i", (most, limits) => {
    expect(shadeLimits(most)).toEqual(limits);
  });

  test("fit their words", () => {
    const limits = shadeLimits(10_000);
    expect(limits.map((_, shade) => shadeWords(shade, limits))).toEqual(["0", "1–9", "10–99", "100–999", "1,000+"]);
    expect([0, 1, 9, 10, 999, 1_000, 99_999].map((count) => shadeOf(count, limits))).toEqual([0, 1, 1, 2, 3, 4, 4]);
  });
});

describe("sorting", () => {
  const rows = [{ name: "b10" }, { name: "" }, { name: "b9" }, { name: "A" }];
  const by = (down: boolean) => sorted(rows, ({ name }) => name, down).map(({ name }) => name);

  test("reads numbers in names, and keeps what has none last both ways", () => {
    expect(by(false)).toEqual(["A", "b9", "b10", ""]);
    expect(by(true)).toEqual(["b10", "b9", "A", ""]);
  });

  test("keeps the order of equals", () => {
    expect(sorted([3, 1, 2], () => 0, true)).toEqual([3, 1, 2]);
  });

  test("is read from the address", () => {
    expect(readSort("-count")).toEqual({ by: "count", down: true });
    expect(readSort("name")).toEqual({ by: "name", down: false });
  });
});

describe("what lies in no VPC", () => {
  test("is told from the parts of the same cluster and service that do", () => {
    const clusters = [group("c", 3, [group("s", 3, [group("ECS_TASK", 3)])])];
    const [region] = readEstate([group("r", 6, [group("v", 3, clusters), group("", 3, clusters)])], [...LEVELS]);
    const names = region?.boxes.map((vpc) => [vpc, ...vpc.boxes, ...(vpc.boxes[0]?.boxes ?? []), ...(vpc.boxes[0]?.boxes[0]?.boxes ?? [])].map((box) => groupName(box.by, box)));
    expect(names).toEqual([
      ["v", "c", "s", "ECS tasks"],
      ["Region-wide, in no VPC", "c, in no VPC", "s, in no VPC", "ECS tasks"],
    ]);
  });
});
