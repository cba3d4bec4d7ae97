"use strict";
// Sorts, filters and pages the findings. Text comes into the page as text alone, never as markup.
(() => {
  // Cards are taller than rows.
  const PAGE = matchMedia("(max-width: 760px)").matches ? 20 : 50;
  // Paper is patient, but not for everything: the rest stands in the CSV.
  const PRINTED = 1000;
  const PERSON = 6;
  const ROW = 9;
  const byId = (id) => document.getElementById(id);
  if (!byId("rows")) return;

  const data = JSON.parse(byId("data").textContent);
  const findings = [];
  for (let at = 0; at < data.rows.length; at += ROW) {
    const [rule, severity, answer, person, evidence, phone, source, asOf, excused] = data.rows.slice(at, at + ROW);
    const [name, upn, id, department, country, manager] = data.people.slice(person * PERSON, person * PERSON + PERSON);
    findings.push({
      place: at, rule, severity, answer, name, upn, id, asOf,
      department: data.strings[department], country: data.strings[country], manager: data.strings[manager],
      evidence: data.strings[evidence], phone: data.strings[phone], source: data.strings[source],
      excused: data.strings[excused],
    });
  }
  const code = (finding) => data.rules[finding.rule][0];
  const title = (finding) => data.rules[finding.rule][1];
  const person = (finding) => finding.name || finding.upn;
  const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
  const number = (value) => value.toLocaleString("en-US");
  // Without accents, so that "muller" finds Müller.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  // No line ends within a masked number.
  const unbroken = (text) => text.replace(/(\+\d+) (?=\*)/g, "$1\u00a0");
  // What stands between backticks is a name of a file's or a program's.
  const marked = (text) => text.split("`").map((part, index) => index % 2 ? element("code", {}, part) : part);
  const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
  const sources = { report: "Registration report", reading: "Reading of the methods", directory: "Directory", policy: "Policy" };
  const phones = { mobile: "Mobile", alternateMobile: "Alternate mobile", office: "Office" };

  const fields = {
    rule: { value: code, label: (finding) => title(finding), all: "All rules" },
    severity: { value: (finding) => data.severities[finding.severity], label: (finding) => capital(data.severities[finding.severity]), all: "All severities", order: (finding) => finding.severity },
    answer: { value: (finding) => data.answers[finding.answer], label: (finding) => capital(data.answers[finding.answer]), all: "All verdicts", order: (finding) => finding.answer },
    department: { value: (finding) => finding.department, label: (finding) => finding.department || "No department", all: "All departments" },
    country: { value: (finding) => finding.country, label: (finding) => finding.country || "No country", all: "All countries" },
    manager: { value: (finding) => finding.manager, label: (finding) => finding.manager || "No manager", all: "All managers" },
  };
  // What is empty comes last, upwards and downwards.
  const byText = (text) => (one, other, turn) => !text(one) - !text(other) || turn * compare(text(one), text(other));
  const sorts = {
    severity: (one, other, turn) => turn * (one.severity - other.severity),
    rule: byText(title),
    person: byText(person),
    department: byText((finding) => finding.department),
    country: byText((finding) => finding.country),
    manager: byText((finding) => finding.manager),
    answer: (one, other, turn) => turn * (one.answer - other.answer),
  };

  const state = { text: "", filters: {}, sort: "", down: false, page: 0 };
  let chosen = findings;

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  function cell(label, attributes, ...children) {
    return element("td", { role: "cell", "data-label": label, ...attributes }, ...children);
  }

  function choose() {
    const words = plain(state.text).split(/\s+/).filter(Boolean);
    const wanted = Object.entries(state.filters);
    chosen = findings.filter((finding) => {
      if (!wanted.every(([name, value]) => fields[name].value(finding) === value)) return false;
      if (!words.length) return true;
      finding.words ??= plain([finding.name, finding.upn, finding.id, finding.evidence, title(finding), code(finding), finding.department, finding.country, finding.manager, finding.excused].join(" "));
      return words.every((word) => finding.words.includes(word));
    });
    if (state.sort) {
      const sort = sorts[state.sort];
      const turn = state.down ? -1 : 1;
      chosen.sort((one, other) => sort(one, other, turn) || one.place - other.place);
    }
  }

  function row(finding, detailId) {
    const answer = data.answers[finding.answer];
    const severity = data.severities[finding.severity];
    const open = element("button", { type: "button", class: "expand", "aria-expanded": "false" }, title(finding));
    const who = person(finding)
      ? [element("bdi", {}, person(finding)), element("span", { class: "upn" }, element("bdi", {}, finding.upn))]
      : [element("span", { class: "quiet" }, "Policy")];
    const made = element("tr", { role: "row", class: answer },
      cell("Severity", {}, element("span", { class: `badge ${severity}` }, capital(severity))),
      cell("Finding", { class: "what" }, open, element("span", { class: "evidence" }, unbroken(finding.evidence))),
      cell("Person", { class: "who" }, ...who),
      cell("Department", {}, element("bdi", {}, finding.department)),
      cell("Country", {}, finding.country),
      cell("Manager", {}, element("bdi", {}, finding.manager)),
      cell("Verdict", {}, element("span", { class: `verdict ${answer}` }, capital(answer))));
    open.addEventListener("click", () => {
      const isOpen = made.classList.toggle("open");
      open.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) {
        made.after(detail(finding, detailId));
        open.setAttribute("aria-controls", detailId);
      } else {
        byId(detailId).remove();
        open.removeAttribute("aria-controls");
      }
    });
    return made;
  }

  function detail(finding, detailId) {
    const [, , advice, controls] = data.rules[finding.rule];
    const told = [
      ["What to do", marked(advice), "wide"],
      [data.answers[finding.answer] === "unknown" ? "Why it is not known" : "Evidence", marked(unbroken(finding.evidence)), "wide"],
      ["Excused by", finding.excused],
      ["Controls", controls.map(([name, words]) => element("div", {}, `${name}: ${words}`)), "wide"],
      ["Phone", phones[finding.phone] ?? finding.phone],
      ["Source", sources[finding.source] ?? finding.source],
      ["As of", finding.asOf ? `${new Date(finding.asOf * 60000).toISOString().slice(0, 16).replace("T", " ")} UTC` : ""],
      ["Rule", code(finding)],
      ["Object id", finding.id],
    ];
    const list = element("dl", {}, ...told.filter(([, value]) => value.length).map(([label, value, size]) =>
      element("div", { class: size ?? "" }, element("dt", {}, label), element("dd", {}, ...[value].flat()))));
    return element("tr", { role: "row", class: "detail", id: detailId },
      element("td", { role: "cell", colspan: "7" }, list));
  }

  function draw(from, count) {
    byId("rows").replaceChildren(...chosen.slice(from, from + count).map((finding, index) => row(finding, `detail-${index}`)));
    if (!chosen.length) {
      byId("rows").append(element("tr", { role: "row", class: "detail" },
        element("td", { role: "cell", colspan: "7" }, element("p", { class: "empty" }, "No finding is left: clear a filter."))));
    }
  }

  function show() {
    const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const from = state.page * PAGE;
    draw(from, PAGE);
    const all = chosen.length === findings.length ? "" : ` (of ${number(findings.length)})`;
    const word = chosen.length === 1 ? "finding" : "findings";
    byId("shown").textContent = chosen.length
      ? `${number(from + 1)}–${number(Math.min(from + PAGE, chosen.length))} of ${number(chosen.length)} ${word}${all}`
      : `No findings${all}`;
    byId("where").textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
    byId("pages").hidden = pages === 1;
    byId("first").disabled = byId("previous").disabled = state.page === 0;
    byId("next").disabled = byId("last").disabled = state.page === pages - 1;
    for (const head of document.querySelectorAll("th[data-sort]")) {
      if (head.dataset.sort === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    byId("sort").value = state.sort + (state.sort && state.down ? " down" : "");
  }

  function change() {
    state.page = 0;
    choose();
    show();
    remember();
  }

  // The view stands in the address, so that it can be passed on.
  function remember() {
    const parts = new URLSearchParams(state.filters);
    if (state.text) parts.set("text", state.text);
    if (state.sort) parts.set("sort", state.sort + (state.down ? " down" : ""));
    try {
      history.replaceState(null, "", `#${parts}`);
    } catch {
      // A sandboxed frame has no history of its own.
    }
  }
  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1));
    state.text = parts.get("text") ?? "";
    [state.sort, state.down] = sortOf(parts.get("sort") ?? "");
    state.filters = {};
    for (const name of Object.keys(fields)) {
      const value = parts.get(name);
      if (value !== null && [...byId(name).options].some((option) => option.value === key(value))) state.filters[name] = value;
    }
    byId("text").value = state.text;
    for (const name of Object.keys(fields)) byId(name).value = name in state.filters ? key(state.filters[name]) : "";
  }
  function sortOf(text) {
    const [name, down] = text.split(" ");
    return Object.hasOwn(sorts, name) ? [name, down === "down"] : ["", false];
  }
  // A select's empty value means all, so that values, which may be empty, get a sign before them.
  const key = (value) => `=${value}`;

  function fill(name) {
    const field = fields[name];
    const counts = new Map();
    for (const finding of findings) {
      const value = field.value(finding);
      const known = counts.get(value);
      if (known) known.count += 1;
      else counts.set(value, { label: field.label(finding), count: 1, order: field.order ? field.order(finding) : 0, none: value === "" });
    }
    const options = [...counts].sort(([, one], [, other]) => one.none - other.none || one.order - other.order || compare(one.label, other.label));
    byId(name).replaceChildren(element("option", { value: "" }, field.all),
      ...options.map(([value, { label, count }]) => element("option", { value: key(value) }, `${label} (${number(count)})`)));
    byId(name).addEventListener("change", () => {
      if (byId(name).value) state.filters[name] = byId(name).value.slice(1);
      else delete state.filters[name];
      change();
    });
  }

  for (const name of Object.keys(fields)) fill(name);
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const name = head.dataset.sort;
    const label = head.textContent;
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => {
      // Up, down, and back to the gravest first.
      if (state.sort !== name) [state.sort, state.down] = [name, false];
      else if (!state.down) state.down = true;
      else [state.sort, state.down] = ["", false];
      change();
    });
    head.replaceChildren(button);
    byId("sort").append(element("option", { value: name }, label), element("option", { value: `${name} down` }, `${label}, downwards`));
  }
  byId("sort").prepend(element("option", { value: "" }, "The gravest first"));
  byId("sort").addEventListener("change", () => {
    [state.sort, state.down] = sortOf(byId("sort").value);
    change();
  });
  byId("text").addEventListener("input", () => {
    state.text = byId("text").value;
    change();
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => {
    Object.assign(state, { text: "", filters: {}, sort: "", down: false });
    change();
  });
  const turns = {
    first: () => 0,
    previous: () => state.page - 1,
    next: () => state.page + 1,
    last: () => Infinity,
  };
  for (const [name, page] of Object.entries(turns)) {
    byId(name).addEventListener("click", () => {
      state.page = page();
      show();
      byId("findings").scrollIntoView();
      // A button that has become useless would lose the focus to the page's top.
      if (byId(name).disabled) byId("findings").focus({ preventScroll: true });
    });
  }
  for (const place of document.querySelectorAll("[data-filter]")) {
    const { filter, value } = place.dataset;
    if (![...byId(filter).options].some((option) => option.value === key(value))) continue;
    const button = element("button", { type: "button", class: "filter", title: `Show the findings: ${place.textContent}` }, ...place.childNodes);
    button.addEventListener("click", () => {
      Object.assign(state, { text: "", filters: { [filter]: value } });
      change();
      recall();
      byId("findings").scrollIntoView();
      byId("findings").focus({ preventScroll: true });
    });
    place.replaceChildren(button);
  }
  addEventListener("beforeprint", () => {
    draw(0, PRINTED);
    byId("shown").textContent = `${number(Math.min(PRINTED, chosen.length))} of ${number(findings.length)} findings`;
  });
  addEventListener("afterprint", show);
  addEventListener("hashchange", () => {
    if (location.hash === "#findings") return;
    recall();
    choose();
    show();
  });

  byId("filters").hidden = false;
  recall();
  choose();
  show();
})();
