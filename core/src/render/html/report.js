"use strict";
(() => {
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => { closed.forEach((details) => { details.open = false; }); });

  const table = document.getElementById("findings");
  const filters = document.getElementById("filters");
  if (!table || !filters) { return; }
  const rows = [...table.tBodies].map((body) => {
    const cells = [...body.rows[0].cells].map((cell) => cell.textContent);
    return { body, cells, rank: Number(body.dataset.rank), words: cells.join("\n").toLowerCase() };
  });
  const search = filters.querySelector("input");
  const severity = filters.querySelector("select");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    let number = 0;
    for (const row of rows) {
      const wanted = row.words.includes(words);
      const fits = severity.value === "" || severity.value === row.cells[0];
      row.body.hidden = !wanted || !fits;
      number += row.body.hidden ? 0 : 1;
    }
    shown.textContent = number === rows.length ? "" : `${number} of ${rows.length} are shown`;
  };
  search.addEventListener("input", filter);
  severity.addEventListener("change", filter);
  filters.hidden = false;

  const compare = new Intl.Collator("en", { numeric: true }).compare;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      [...table.tHead.rows[0].cells].forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", turn === 1 ? "ascending" : "descending");
      const by = column === 0 ? (a, b) => b.rank - a.rank : (a, b) => compare(a.cells[column], b.cells[column]);
      rows.sort((a, b) => turn * by(a, b));
      table.append(...rows.map((row) => row.body));
    });
  });
})();
