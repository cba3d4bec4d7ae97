// Preloaded into Azurite: it answers nothing before what it says is on disk, as Azure's storage does.
//
// Azurite by itself saves every five seconds, and what it had acknowledged since is lost when it is killed.

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");

const Loki = require(require.resolve("lokijs", { paths: [path.dirname(process.argv[1])] }));

// One save serves all answers that came meanwhile; at most a quarter of the time goes into saving.
const SHORTEST_PAUSE_MS = 20;
const PAUSES_PER_SAVE = 3;

// Which blob consists of which extents, and where those are on disk, are two databases.
const EXTENTS = /_extent__\.json$/;

const databases = new Set();
let waiting = [];
let pause = SHORTEST_PAUSE_MS;

// Called when a database is opened. Azurite's own saves would race with these ones.
Loki.prototype.autosaveEnable = function () {
  databases.add(this);
};

function isDirty() {
  return [...databases].some((database) => database.autosaveDirty());
}

function save() {
  const started = performance.now();
  // Extents first: a death in between must not leave a blob that names one which nobody knows.
  const inOrder = [...databases].sort((one, other) => EXTENTS.test(other.filename) - EXTENTS.test(one.filename));
  for (const database of inOrder) {
    if (database.autosaveDirty()) {
      database.autosaveClearFlags();
      fs.writeFileSync(`${database.filename}.next`, database.serialize());
      fs.renameSync(`${database.filename}.next`, database.filename);
    }
  }
  pause = Math.max(SHORTEST_PAUSE_MS, PAUSES_PER_SAVE * (performance.now() - started));
  const answers = waiting;
  waiting = [];
  answers.forEach((answer) => answer());
}

function onceSaved(answer) {
  if (!isDirty() && waiting.length === 0) {
    answer();
  } else if (waiting.push(answer) === 1) {
    setTimeout(save, pause);
  }
}

const { write, end } = http.ServerResponse.prototype;

http.ServerResponse.prototype.write = function (...chunk) {
  (this.held ??= []).push(chunk);
  return true;
};

http.ServerResponse.prototype.end = function (...last) {
  onceSaved(() => {
    for (const chunk of this.held ?? []) {
      write.apply(this, chunk);
    }
    end.apply(this, last);
  });
  return this;
};
