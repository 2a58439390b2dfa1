// What a threshold costs: the slider and the two costs change the table at once.
const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });

export function priceThresholds(form) {
  const rows = [...document.querySelectorAll(".thresholds tbody tr")];
  const slider = form.querySelector("input[type=range]");
  const told = form.querySelector("[data-told]");
  form.querySelector("[data-slider]").hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);

  function show() {
    const miss = Number(form.elements.miss.value), alarm = Number(form.elements.alarm.value);
    const costs = rows.map((row) => miss * Number(row.dataset.misses) + alarm * Number(row.dataset.alarms));
    const cheapest = costs.indexOf(Math.min(...costs));
    rows.forEach((row, at) => {
      row.querySelector("[data-cost]").textContent = number.format(costs[at]);
      row.className = at === cheapest ? "chosen" : "";
      row.toggleAttribute("aria-current", at === Number(slider.value));
    });
    const [threshold, precision, recall, , alarms, misses, cost] = [...rows[slider.value].cells].map((cell) => cell.lastChild.textContent.trim());
    told.textContent = `Threshold ${threshold}: precision ${precision}, recall ${recall}, ${alarms} false alarms, ${misses} misses, cost ${cost}.`
      + (Number(slider.value) === cheapest ? " No other threshold costs less." : "");
  }
  show();
}
