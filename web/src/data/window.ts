import { computed, signal } from "@preact/signals";

const width = signal(window.innerWidth);
window.addEventListener("resize", () => {
  width.value = window.innerWidth;
});

/** Too narrow for a graph: the table comes first. */
export const narrow = computed(() => width.value < 760);
/** Wide enough for filters, graph and panel side by side; else one side pane at a time. */
export const wide = computed(() => width.value >= 1600);
