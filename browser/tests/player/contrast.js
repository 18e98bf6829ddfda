const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const luminance = (rgb) => {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = rgb.slice(0, 3).map((value) => linear(value / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const back = (one) => {
  for (; one; one = one.parentElement) {
    const colour = rgba(getComputedStyle(one).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255, 255];
};
const wrong = [];
let seen = 0;
const check = (one, colour, what) => {
  const under = back(one);
  let opacity = 1;
  for (let at = one; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
  const over = rgba(colour).slice(0, 3);
  const mixed = over.map((value, index) => value * opacity + under[index] * (1 - opacity));
  const [high, low] = [luminance(mixed), luminance(under)].sort((a, b) => b - a);
  const ratio = (high + 0.05) / (low + 0.05);
  seen++;
  if (ratio < 4.5) wrong.push(`${ratio.toFixed(2)}: ${what}`);
};
for (const one of document.body.querySelectorAll("*")) {
  if (!one.checkVisibility() || one.tagName === "SCRIPT") continue;
  const own = [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const what = `${one.tagName} ${one.textContent.slice(0, 40)}`;
  if (own) check(one, getComputedStyle(one).color, what);
  const after = getComputedStyle(one, "::after");
  const shown = after.content !== "none" && after.content !== "normal";
  if (shown) check(one, after.color, `after ${what}`);
}
return [seen, wrong];
