// Work that never changes, of the kinds a page does: parsing, sorting, building and placing elements.
// What the page's own work costs is told in multiples of this, so that a slow machine is not a slow page.
const rows = JSON.parse(JSON.stringify(Array.from({ length: 3_000 }, (_, index) => ({ id: index, name: `row ${(index * 7_919) % 3_000}`, tags: ["a", "b", "c"] }))));
rows.sort((a, b) => a.name.localeCompare(b.name, "en"));
const main = document.getElementById("main");
for (const { id, name, tags } of rows.slice(0, 600)) {
  const line = document.createElement("p");
  line.append(`${id} `, Object.assign(document.createElement("strong"), { textContent: name }), ` ${tags.join(", ")}`);
  main.append(line);
}
main.getBoundingClientRect();
document.title = "Baseline done";
