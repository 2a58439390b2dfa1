(function () {
  "use strict";
  var root = document.documentElement, button = document.querySelector(".toggle");
  function dark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function label() { button.textContent = dark() ? "Light" : "Dark"; }
  button.hidden = false;
  button.addEventListener("click", function () {
    root.setAttribute("data-theme", dark() ? "light" : "dark");
    label();
  });
  label();
  document.querySelectorAll("[data-thresholds]").forEach(function (form) {
    var rows = Array.from(document.querySelectorAll("table.thresholds tbody tr"));
    function price(name) { return Math.max(0, Number(form.querySelector("[name=" + name + "]").value) || 0); }
    form.addEventListener("input", function () {
      var costs = rows.map(function (row) {
        return row.dataset.misses * price("miss") + row.dataset.alarms * price("alarm");
      });
      var cheapest = costs.indexOf(Math.min.apply(null, costs));
      rows.forEach(function (row, at) {
        row.querySelector(".cost").textContent = costs[at].toLocaleString("en", { maximumFractionDigits: 2 });
        row.classList.toggle("chosen", at === cheapest);
      });
    });
  });
  document.querySelectorAll("[data-pick]").forEach(function (part) {
    var list = part.querySelector("select"), figures = part.querySelectorAll("figure");
    function show() { figures.forEach(function (one, at) { one.hidden = String(at) !== list.value; }); }
    list.parentNode.hidden = false;
    list.addEventListener("change", show);
    show();
  });
  function compare(a, b, sign) {
    var x = a.getAttribute("data-value"), y = b.getAttribute("data-value");
    if (x === "" || y === "") { return (x === "") - (y === ""); }
    var numeric = x - y;
    return sign * (isNaN(numeric) ? x.localeCompare(y) : numeric);
  }
  document.querySelectorAll("table.sortable th button").forEach(function (heading) {
    heading.addEventListener("click", function () {
      var th = heading.closest("th"), body = heading.closest("table").tBodies[0], at = th.cellIndex;
      var sign = th.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      th.parentNode.querySelectorAll("th").forEach(function (other) { other.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      Array.from(body.rows)
        .sort(function (a, b) { return compare(a.cells[at], b.cells[at], sign); })
        .forEach(function (row) { body.appendChild(row); });
    });
  });
}());
