"use strict";
// Sorts tables where a heading is pressed. Amounts are compared digit by digit, because numbers of
// the browser would lose some of their digits.
const number = cell => ((cell.title || cell.textContent).replace(/,/g, "").match(/-?\d*\.?\d+/) || [""])[0];
const text = cell => cell.textContent;
const plain = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const exact = (a, b) => {
  if (a.startsWith("-") !== b.startsWith("-")) return a.startsWith("-") ? -1 : 1;
  const [[x, y = ""], [v, w = ""]] = [a, b].map(digits => digits.replace("-", "").split("."));
  const size = x.length - v.length || plain(x, v) || plain(y, w);
  return a.startsWith("-") ? -size : size;
};
const sort = (table, heading) => {
  const at = heading.cellIndex;
  const words = heading.classList.contains("t");
  const down = heading.ariaSort ? heading.ariaSort === "ascending" : !words;
  const [read, compare] = words ? [text, plain] : [number, exact];
  const rows = [...table.tBodies[0].rows].map(row => [read(row.cells[at]), row]);
  const known = rows.filter(([key]) => key !== "");
  known.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
  // What is unknown stands last in both orders.
  table.tBodies[0].append(...[...known, ...rows.filter(([key]) => key === "")].map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.ariaSort = down ? "descending" : "ascending";
};
for (const table of document.querySelectorAll("table")) {
  // Among other rows, a sum would lose those that it is of.
  if (table.querySelector("tbody .s")) continue;
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, heading));
  }
}
