(() => {
  "use strict";
  const settings = JSON.parse(document.body.dataset.settings);
  const every = 5000;
  const byId = (id) => document.getElementById(id);
  const tokens = { access: null, refresh: null };
  let live = true;
  let timer = 0;
  let round = 0;
  let refreshing = null;

  // Members by whatever naming policy the app has.
  const key = (name) => name.replace(/[_-]/g, "").toLowerCase();
  const read = (object) => Object.fromEntries(Object.entries(object ?? {}).map(([name, value]) => [key(name), value]));

  // All that comes from the server becomes text, never markup: a task's error may hold anything.
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) made.setAttribute(attribute, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  };
  const shape = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.textContent = text;
    return made;
  };
  const say = (text, bad = false) => {
    byId("status").textContent = text;
    byId("status").classList.toggle("bad", bad);
  };
  const number = (value) => Number(value).toLocaleString();
  const seconds = (value) => value === null || value === undefined ? "–" : value < 1 ? `${Math.round(value * 1000)} ms`
    : value < 120 ? `${Number(value.toPrecision(3))} s` : value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
  const clock = (text) => new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const moment = (text) => text ? new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" }) : "–";

  const csrf = () => document.cookie.split("; ").find((cookie) => cookie.startsWith("__Host-csrf="))?.split("=")[1];
  const ask = (url, method, token, body) => {
    const headers = { Accept: "application/json" };
    if (token && !settings.csrf) headers[settings.header] = settings.before + token;
    if (settings.csrf && method !== "GET" && csrf()) headers[settings.csrf] = decodeURIComponent(csrf());
    if (body) headers["Content-Type"] = "application/json";
    return fetch(url, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  };
  const remember = async (response) => {
    const pair = read(await response.json().catch(() => null));
    tokens.access = pair.accesstoken ?? null;
    tokens.refresh = pair.refreshtoken ?? null;
  };
  const refresh = async () => {
    if (!settings.refresh || !(settings.csrf ? csrf() : tokens.refresh)) return false;
    const response = await ask(settings.refresh, "POST", tokens.refresh);
    if (response.ok) await remember(response);
    return response.ok;
  };

  class Refused extends Error {
    constructor(status, message) {
      super(message);
      this.status = status;
    }
  }

  const send = async (path, method = "GET") => {
    let response = await ask(settings.api + path, method, tokens.access);
    if (response.status === 401) {
      // One at a time: a refresh token is good once.
      refreshing ??= refresh().finally(() => (refreshing = null));
      if (await refreshing) response = await ask(settings.api + path, method, tokens.access);
    }
    const body = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) throw new Refused(response.status, read(body).message ?? read(body).detail ?? `The server responded with ${response.status}.`);
    return body;
  };

  const open = (isOpen) => {
    byId("board").hidden = byId("live").hidden = byId("sign-out").hidden = !isOpen;
    byId("sign-in").hidden = isOpen || !settings.login;
  };

  const cell = (text, isHead) => isHead ? element("th", { scope: "row" }, text) : element("td", {}, text);
  const fill = (body, rows, none) => {
    const made = rows.map((cells) => element("tr", {}, ...cells.map((text, at) => cell(text, at === 0))));
    body.replaceChildren(...(made.length ? made : [element("tr", {}, element("td", { colspan: 9 }, none))]));
  };

  // A round number whose half is round as well, at least the value.
  const ceiling = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 4, 10].map((step) => step * power).find((step) => step >= value * 0.9999);
  };

  const draw = (svg, minutes, most, label, marks) => {
    const [width, height, left, bottom, top] = [Math.max(240, svg.clientWidth), 180, 52, 20, 8];
    const step = (width - left) / minutes.length;
    const y = (value) => top + (height - top - bottom) * (1 - value / most);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const shapes = [0, 0.5, 1].flatMap((part) => [
      shape("line", { class: "grid", x1: left, x2: width, y1: y(most * part), y2: y(most * part) }),
      shape("text", { x: left - 6, y: y(most * part) + 4, "text-anchor": "end" }, label(most * part)),
    ]);
    const ticks = width < 480 ? 30 : 15;
    minutes.forEach((minute, at) => {
      if (new Date(minute.startsat).getMinutes() % ticks === 0) {
        shapes.push(shape("text", { x: Math.min(width - 18, Math.max(left + 16, left + step * at)), y: height - 4, "text-anchor": "middle" }, clock(minute.startsat)));
      }
    });
    svg.replaceChildren(...shapes, ...marks((at) => left + step * at, y, step));
  };

  const drawThroughput = (minutes) => {
    const total = (minute) => minute.succeeded + minute.retried + minute.failed;
    const most = ceiling(Math.max(4, ...minutes.map(total)));
    draw(byId("throughput"), minutes, most, number, (x, y, step) => minutes.flatMap((minute, at) => {
      let below = 0;
      return ["succeeded", "retried", "failed"].filter((name) => minute[name] > 0).map((name) => {
        const bar = shape("rect", { class: name, x: x(at) + 0.5, width: Math.max(1, step - 1), y: y(below + minute[name]), height: y(below) - y(below + minute[name]) });
        below += minute[name];
        return bar;
      });
    }));
    const sum = (name) => number(minutes.reduce((all, minute) => all + minute[name], 0));
    byId("throughput").setAttribute("aria-label",
      `Attempts in the last hour: ${sum("succeeded")} succeeded, ${sum("retried")} are tried again, ${sum("failed")} failed. The most in a minute were ${number(Math.max(...minutes.map(total)))}.`);
  };

  const drawLatency = (minutes) => {
    const lines = [["run", "runp95seconds"], ["median", "waitmedianseconds"], ["wait", "waitp95seconds"]];
    const values = lines.flatMap(([, name]) => minutes.map((minute) => minute[name] ?? 0));
    draw(byId("latency"), minutes, ceiling(Math.max(0.01, ...values)), seconds, (x, y, step) => lines.map(([css, name]) => shape("path", {
      class: css,
      // A minute without tasks is a gap; one alone is a dash.
      d: minutes.map((minute, at) => {
        if ((minute[name] ?? null) === null) return "";
        const [before, after] = [minutes[at - 1]?.[name] ?? null, minutes[at + 1]?.[name] ?? null];
        const point = `${before === null ? "M" : "L"}${x(at) + step / 2} ${y(minute[name])}`;
        return before === null && after === null ? `${point}m-4 0h8` : point;
      }).join(""),
    })));
    const worst = (name) => seconds(Math.max(...minutes.map((minute) => minute[name] ?? 0)));
    byId("latency").setAttribute("aria-label",
      `In the worst minute of the last hour 95 of 100 tasks waited at most ${worst("waitp95seconds")} and ran at most ${worst("runp95seconds")}.`);
  };

  let minutes = [];
  const showHistory = () => {
    if (byId("board").hidden || minutes.length === 0) return;
    drawThroughput(minutes);
    drawLatency(minutes);
    if (byId("numbers").open) {
      fill(byId("numbers").querySelector("tbody"), minutes.toReversed().map((minute) => [clock(minute.startsat), number(minute.succeeded), number(minute.retried),
        number(minute.failed), seconds(minute.waitmedianseconds), seconds(minute.waitp95seconds), seconds(minute.runmedianseconds), seconds(minute.runp95seconds)]), "");
    }
  };

  const showQueues = (queues, workers) => {
    const sum = (name) => queues.reduce((all, queue) => all + queue[name], 0);
    byId("totals").replaceChildren(...[["Waiting", number(sum("waiting"))], ["Oldest", seconds(Math.max(0, ...queues.map((queue) => queue.oldestseconds)))],
      ["Running", number(sum("running"))], ["Failed", number(sum("failed"))], ["Workers", number(workers.length)]]
      .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
    fill(byId("queues").tBodies[0], queues.map((queue) => [queue.name, number(queue.waiting), seconds(queue.oldestseconds), number(queue.scheduled), number(queue.blocked),
      number(queue.running), number(queue.failed)]), "There are no queues.");
    fill(byId("workers").tBodies[0], workers.map((worker) => [worker.name, `${number(worker.running)} of ${number(worker.concurrency)}`, worker.queues.join(", "),
      moment(worker.startedat)]), "No worker reports: nothing runs until one does.");
  };

  const act = async (task, path, done) => {
    try {
      await send(`/${task.id}/${path}`, "POST");
      say(`${task.name} ${task.id} ${done}.`);
    } catch (error) {
      say(`${task.name} ${task.id}: ${error.message}`, true);
    }
    await show();
  };

  const cards = new Map();
  const makeCard = (task) => {
    const card = { title: element("h3"), facts: element("p"), first: element("p", { class: "first" }), actions: element("div", { class: "actions" }), text: element("pre", { tabindex: 0, role: "group", "aria-label": `Arguments and error of ${task.id}` }) };
    card.details = element("details", {}, element("summary", {}, "Arguments and error"), card.text);
    card.row = element("li", {}, card.title, card.actions, card.facts, card.first, card.details);
    cards.set(task.id, card);
    return card;
  };
  const button = (task, text, path, done) => {
    const made = element("button", { type: "button", "aria-label": `${text} ${task.name} ${task.id}` }, text);
    made.addEventListener("click", () => {
      // Not disabled: that would take the focus from it.
      if (made.ariaDisabled === "true") return;
      made.ariaDisabled = "true";
      act(task, path, done);
    });
    return made;
  };
  const text = (node, value) => {
    if (node.textContent !== value) node.textContent = value;
  };
  const showCard = (task) => {
    const card = cards.get(task.id) ?? makeCard(task);
    // What has the focus stays as it is while nothing of the task has changed.
    const version = JSON.stringify(task);
    if (card.version === version && !card.actions.querySelector("[aria-disabled=true]")) return card.row;
    card.version = version;
    card.title.replaceChildren(task.name, element("span", { class: `state ${task.state}` }, task.state));
    text(card.facts, [task.queue, `attempt ${task.attempt} of ${task.maxattempts}`, task.finishedat ? `ended ${moment(task.finishedat)}` : task.dueat ? `due ${moment(task.dueat)}`
      : `enqueued ${moment(task.enqueuedat)}`, task.progress === null || task.progress === undefined ? "" : `${Math.round(task.progress * 100)} % ${task.message ?? ""}`, task.id]
      .filter(Boolean).join(" · "));
    text(card.first, (task.error ?? "").split("\n")[0]);
    text(card.text, [JSON.stringify(task.arguments, null, 2), task.error, task.result === null || task.result === undefined ? null : JSON.stringify(task.result, null, 2)].filter(Boolean).join("\n\n"));
    card.actions.replaceChildren(...(["failed", "cancelled", "expired"].includes(task.state) ? [button(task, "Retry", "retry", "will run again")]
      : ["waiting", "scheduled", "blocked", "running"].includes(task.state) ? [button(task, "Cancel", "cancel", "is cancelled")] : []));
    return card.row;
  };
  const showTasks = (tasks) => {
    const list = byId("tasks");
    const had = list.contains(document.activeElement);
    const rows = tasks.map(showCard);
    // Moving a row would take the focus from it.
    if (rows.length !== list.children.length || rows.some((row, at) => list.children[at] !== row)) list.replaceChildren(...rows);
    const ids = new Set(tasks.map((task) => task.id));
    for (const id of cards.keys()) if (!ids.has(id)) cards.delete(id);
    byId("none").hidden = rows.length > 0;
    if (had && !list.contains(document.activeElement)) byId("tasks-title").focus();
  };

  const showSchedules = (schedules) => fill(byId("schedules").tBodies[0], schedules.map((schedule) =>
    [schedule.name, schedule.definition, schedule.task, moment(schedule.nextat), moment(schedule.lastat)]), "There are no schedules.");

  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    const state = byId("state").value;
    try {
      const [queues, history, tasks, schedules] = await Promise.all([send("/queues"), send("/history"), send(state ? `?state=${state}` : ""),
        round % 6 === 0 ? send("/schedules") : null]);
      // A later round was faster.
      if (mine !== asked) return;
      round++;
      if (byId("board").hidden || byId("status").classList.contains("bad")) say("");
      open(true);
      showQueues(read(queues).queues.map(read), read(queues).workers.map(read));
      minutes = read(history).minutes.map(read);
      showHistory();
      showTasks(read(tasks).tasks.map(read));
      if (schedules) showSchedules(read(schedules).schedules.map(read));
    } catch (error) {
      if (mine !== asked) return;
      if (error.status === 401) {
        open(false);
        say(tokens.access ? "The sign-in has ended." : "Sign in as an admin.");
        tokens.access = tokens.refresh = null;
      } else if (error.status === 403) {
        open(false);
        say(error.message, true);
      } else {
        say(error.status ? error.message : "The server does not respond. Trying again.", true);
      }
    }
  };

  const loop = async () => {
    clearTimeout(timer);
    if (live && !document.hidden && !byId("board").hidden) await show();
    clearTimeout(timer);
    timer = setTimeout(loop, every);
  };

  byId("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(byId("sign-in"));
    try {
      const response = await ask(settings.login, "POST", null, { [settings.name]: form.get("name"), password: form.get("password") });
      if (!response.ok) {
        say(read(await response.json().catch(() => null)).message ?? `The server responded with ${response.status}.`, true);
        return;
      }
      await remember(response);
      byId("sign-in").reset();
      say("");
      await show();
      if (!byId("board").hidden) byId("live").focus();
    } catch {
      say("The server does not respond.", true);
    }
  });
  byId("sign-out").addEventListener("click", () => {
    tokens.access = tokens.refresh = null;
    cards.clear();
    byId("tasks").replaceChildren();
    open(false);
    say(settings.csrf ? "Signed out of this page; the cookies stay until you sign out of the app." : "Signed out.");
  });
  byId("live").addEventListener("click", () => {
    live = !live;
    byId("live").setAttribute("aria-pressed", live);
    say(live ? "Live." : "Paused.");
    loop();
  });
  byId("state").addEventListener("change", show);
  byId("numbers").addEventListener("toggle", showHistory);
  document.addEventListener("visibilitychange", loop);
  new ResizeObserver(showHistory).observe(byId("board"));
  byId("name").textContent = settings.name.replaceAll("_", " ");
  show().then(loop);
})();
