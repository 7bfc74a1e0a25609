// What was logged on this phone and has not arrived yet. The pages and the service worker both load this file, so it is
// a plain script. Each moment carries the id that it was given here, and the server counts an id once: sending one
// twice does no harm, and none is let go before the server has answered for it.
(() => {
  const STORE = "moments";
  const BATCH = 50;

  function open() {
    return new Promise((done, fail) => {
      const asked = indexedDB.open("touchbook", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  }

  async function within(mode, act) {
    const database = await open();
    try {
      return await new Promise((done, fail) => {
        const transaction = database.transaction(STORE, mode, { durability: "strict" });
        const asked = act(transaction.objectStore(STORE));
        transaction.oncomplete = () => done(asked.result);
        transaction.onerror = transaction.onabort = () => fail(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  const put = (item) => within("readwrite", (store) => store.put(item));
  const get = (id) => within("readonly", (store) => store.get(id));
  const remove = (id) => within("readwrite", (store) => store.delete(id));
  const all = () => within("readonly", (store) => store.getAll());

  const alone = (act) =>
    self.navigator.locks ? self.navigator.locks.request("touchbook-outbox", act) : act();

  // Sends what one person logged. Returns how it went: "sent", "offline", "signed out", "another" (somebody else is
  // signed in) or "broken", and the results by id.
  async function send(person, address, token, only = null) {
    return alone(async () => {
      const results = {};
      const mine = (await all()).filter((one) => one.person === person && one.state === "waiting");
      const waiting = mine.filter((one) => !only || one.id === only);
      for (let start = 0; start < waiting.length; start += BATCH) {
        const part = waiting.slice(start, start + BATCH);
        let answer;
        try {
          answer = await fetch(address, {
            method: "POST",
            credentials: "same-origin",
            redirect: "error",
            headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
            body: JSON.stringify({ person, moments: part.map((one) => one.moment) }),
          });
        } catch {
          return { how: "offline", results };
        }
        if (answer.status === 401 || answer.status === 403) return { how: "signed out", results };
        if (answer.status === 409) return { how: "another", results };
        if (!answer.ok) return { how: "broken", results };
        for (const result of (await answer.json()).results) {
          results[result.id] = result;
          if (result.status === "refused") {
            const item = part.find((one) => one.id === result.id);
            if (item) await put({ ...item, state: "refused", sentence: result.sentence });
          } else {
            await remove(result.id);
          }
        }
      }
      return { how: "sent", results };
    });
  }

  self.Outbox = { put, get, remove, all, alone, send };
})();
