const wrong = [];
const need = (found, what) => { if (!found) wrong.push(what); };
need(document.documentElement.lang, "no language");
need(document.title.trim(), "no title");
need(document.querySelectorAll("main").length === 1, "not one main");
need(document.querySelectorAll("h1").length === 1, "not one h1");
need(document.querySelector("h1").innerText.trim(), "an empty h1");
let level = 1;
for (const head of document.querySelectorAll("h1, h2, h3, h4")) {
  need(Number(head.tagName[1]) <= level + 1, `${head.tagName} after H${level}`);
  level = Number(head.tagName[1]);
}
const shows = (one) => one.checkVisibility();
for (const one of document.querySelectorAll("a, button, input, select, summary, [tabindex]")) {
  const named = one.innerText.trim() || one.getAttribute("aria-label");
  need(!shows(one) || named, `no name: ${one.outerHTML.slice(0, 80)}`);
}
for (const one of document.querySelectorAll("[aria-label]")) {
  const plain = /^(PRE|DIV|SPAN|P|CODE)$/.test(one.tagName);
  need(!plain || one.getAttribute("role"), `a label without a role: ${one.tagName}`);
}
for (const one of document.querySelectorAll("img, svg"))
  need(one.getAttribute("alt") || one.getAttribute("aria-label"), "a picture without words");
for (const cell of document.querySelectorAll("th")) need(cell.scope, `no scope: ${cell.textContent}`);
const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
need(new Set(ids).size === ids.length, "an id twice");
return wrong;
