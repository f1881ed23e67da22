import { beforeEach, describe, expect, test } from "vitest";
import { forgetNews, hearOf, news, newest, shown } from "./news";

const heard = (minute: number, counts: { added: number; removed: number; changed: number } | null = null) => ({ id: `s${minute}`, takenAt: `2026-11-23T16:${String(minute).padStart(2, "0")}:00Z`, counts });
const some = { added: 3, removed: 1, changed: 2 };
const none = { added: 0, removed: 0, changed: 0 };

beforeEach(() => {
  newest.value = null;
  shown.value = null;
  news.value = null;
  hearOf(heard(0));
});

describe("news of snapshots", () => {
  test("begin with the one on screen", () => {
    expect([shown.value?.id, news.value]).toEqual(["s0", null]);
  });

  test("tell of a newer one with its counts, once", () => {
    hearOf(heard(5, some));
    hearOf(heard(5));
    expect(news.value).toEqual({ from: "s0", steps: [heard(5, some)] });
    expect(shown.value?.id).toBe("s0");
  });

  test("take the counts that come after the snapshot was found by asking", () => {
    hearOf(heard(5));
    expect(news.value?.steps).toEqual([heard(5)]);
    hearOf(heard(5, some));
    expect(news.value?.steps).toEqual([heard(5, some)]);
  });

  test("are none where nothing changed", () => {
    hearOf(heard(5, none));
    expect([news.value, shown.value?.id]).toEqual([null, "s5"]);
    hearOf(heard(10));
    hearOf(heard(10, none));
    expect(news.value).toBeNull();
  });

  test("add up to several, those that changed nothing left out", () => {
    hearOf(heard(5, some));
    hearOf(heard(10, none));
    hearOf(heard(15, some));
    expect(news.value?.steps.map(({ id }) => id)).toEqual(["s5", "s15"]);
    expect(newest.value?.id).toBe("s15");
  });

  test("do not go back to an older one that was still on its way", () => {
    hearOf(heard(10, some));
    hearOf(heard(5));
    expect(newest.value?.id).toBe("s10");
  });

  test("end when the newest is shown", () => {
    hearOf(heard(5, some));
    forgetNews();
    expect([news.value, shown.value?.id]).toEqual([null, "s5"]);
  });
});
