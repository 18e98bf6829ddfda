const text = (id) => document.getElementById(id).innerText.trim();
const table = document.getElementById("steps");
const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
const steps = [...table.tBodies[0].rows].map((row) => {
  const cells = [...row.cells].map((cell) => cell.textContent);
  const lane = cells.findIndex((cell, index) => index > 0 && cell !== "");
  return `${names[lane]} ${cells[lane]}  ${cells.at(-1)}`.trimEnd();
});
const buttons = [...document.querySelectorAll("#moves button")].map((one) => one.textContent);
return {
  place: location.hash.slice(1),
  end: text("end"),
  ahead: text("ahead"),
  command: text("command"),
  moves: buttons.filter((one) => /^\d/.test(one)),
  steps,
};
