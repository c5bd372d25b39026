const SHOWN = 50;
const REFRESH_MS = 1500;

const $ = (id) => document.getElementById(id);
const dollars = (amount) => `$${amount.toFixed(4)}`;

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function row(task) {
  const made = element("td", "");
  task.files.forEach((path, index) => {
    const link = element("a", String(index + 1));
    link.href = path;
    made.append(link, " ");
  });
  if (!task.files.length) made.textContent = task.upload_status ?? "–";
  const line = document.createElement("tr");
  line.title = task.taskUUID;
  line.append(
    element("td", new Date(task.taken_at * 1000).toLocaleTimeString()),
    element("td", task.taskType),
    element("td", task.model),
    element("td", task.state, task.state),
    made,
    element("td", String(task.deliveries)),
    element("td", dollars(task.cost)),
  );
  return line;
}

function faultLine(fault) {
  const where = fault.where ? ` at ${fault.where}` : "";
  return element("li", `${fault.kind}${where}: struck ${fault.struck}, still to strike ${fault.times}`);
}

async function refresh() {
  const [ledger, faults] = await Promise.all([
    fetch(`/sim/ledger?last=${SHOWN}`).then((answer) => answer.json()),
    fetch("/sim/faults").then((answer) => answer.json()),
  ]);
  $("balance").textContent = dollars(ledger.balance);
  $("billed").textContent = dollars(ledger.billed);
  $("count").textContent = ledger.count;
  $("no-tasks").hidden = ledger.count > 0;
  $("tasks").hidden = ledger.count === 0;
  $("tasks").tBodies[0].replaceChildren(...ledger.tasks.reverse().map(row));
  $("faults").replaceChildren(...faults.faults.map(faultLine));
  const kinds = $("fault").elements.kind;
  if (!kinds.length) kinds.append(...faults.kinds.map((kind) => new Option(kind)));
}

async function setFault(event) {
  event.preventDefault();
  const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ""));
  for (const name of ["times", "seconds"]) if (name in given) given[name] = Number(given[name]);
  const answer = await fetch("/sim/faults", { method: "POST", body: JSON.stringify(given) });
  $("problem").textContent = answer.ok ? "" : (await answer.json()).error;
  await refresh();
}

$("fault").addEventListener("submit", setFault);
$("clear").addEventListener("click", async () => {
  await fetch("/sim/faults", { method: "DELETE" });
  await refresh();
});

async function keepFresh() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(keepFresh, REFRESH_MS);
}

keepFresh();
