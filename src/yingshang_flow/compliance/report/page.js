// Turns the words of the lists with the language, and narrows the findings and cases by unit and rule.
(() => {
  "use strict";
  const english = document.getElementById("en");
  const form = document.querySelector("form.filters");
  const rows = [...document.querySelectorAll("table.findings tbody tr")];
  const cards = [...document.querySelectorAll("article.case")];
  const fits = (element) =>
    ["unit", "rule"].every((key) => {
      const chosen = document.getElementById("by-" + key).value;
      return chosen === "" || element.dataset[key + "s"].split(" ").includes(chosen);
    });
  const show = () => {
    const language = english.checked ? "en" : "zh";
    document.documentElement.lang = english.checked ? "en" : "zh-CN";
    for (const option of document.querySelectorAll("option")) option.textContent = option.dataset[language];
    if (!form) return;
    let shown = 0;
    for (const element of [...rows, ...cards]) {
      element.hidden = !fits(element);
      if (!element.hidden && element.matches("tr")) shown += 1;
    }
    document.getElementById("shown").textContent = english.checked
      ? `${shown} of ${rows.length} shown`
      : `显示 ${shown} / ${rows.length} 项`;
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("change", show);
    form.addEventListener("submit", (event) => event.preventDefault());
  }
  for (const choice of document.querySelectorAll("input[name=language]")) choice.addEventListener("change", show);
  show();
})();
