// Boxes that write their names into a field of names, separated by commas, and follow what is typed there.
export function choose(list) {
  const field = document.getElementById(list.dataset.choose);
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const names = () => field.value.split(",").map((name) => name.trim()).filter(Boolean);
  const follow = () => boxes.forEach((box) => { box.checked = names().includes(box.value); });
  boxes.forEach((box) => {
    box.hidden = false;
    box.addEventListener("change", () => {
      const others = names().filter((name) => name !== box.value);
      field.value = (box.checked ? [...others, box.value] : others).join(", ");
    });
  });
  field.addEventListener("input", follow);
  follow();
}
