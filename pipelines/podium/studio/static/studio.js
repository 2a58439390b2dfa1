// What the pages do beyond links and forms: live progress, local times, boxes for names, folders, and buttons that work once.
import { choose } from "./choices.js";
import { sendFolders } from "./folders.js";
import { follow } from "./live.js";
import { priceThresholds } from "./thresholds.js";

for (const run of document.querySelectorAll('[data-run][data-status="running"]')) {
  follow(run);
}
for (const form of document.querySelectorAll("form[data-thresholds]")) {
  priceThresholds(form);
}
for (const form of document.querySelectorAll("form[data-folders]")) {
  sendFolders(form);
}
for (const list of document.querySelectorAll("[data-choose]")) {
  choose(list);
}
for (const time of document.querySelectorAll("[data-time]")) {
  time.textContent = new Date(1000 * Number(time.dataset.time)).toLocaleString();
}
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    // After the form was collected, or the button's own value would be lost.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  });
}
// A page from the history has its buttons back.
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-once] button").forEach((button) => { button.disabled = false; });
});
