// What may be done about a withdrawal now: the plan's recoveries that are this person's to offer.
export function show(open, { $, texts, tell, titled, mint, withOffset, post, root, saved }) {
  const box = $("recover");

  function element(name, text = "", className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function close() {
    box.hidden = true;
    box.replaceChildren();
    root.querySelector("h1").focus({ preventScroll: true });
  }

  function part(one) {
    const id = mint(); // the same however often it is tried
    const made = element("div", "", "stack tight");
    const wrong = element("p", "", "wrong");
    const what = element("b", `− ${one.practice || one.touchpoint}`, "withdrawal");
    wrong.append(what, element("br"), element("span", `${titled(one.touchpoint)}, ${one.day}: ${tell(texts.recoverMost, { points: one.most })}`, "small quiet"));
    made.append(wrong);
    const note = document.createElement("textarea");
    note.className = "field";
    note.rows = 1;
    note.maxLength = 2000;
    const label = element("label", "", "label");
    const mistake = element("p", "", "mistake");
    mistake.setAttribute("role", "alert");
    mistake.hidden = true;

    async function record(using) {
      if (!using && !note.value.trim()) {
        mistake.textContent = texts.writeRecovery;
        mistake.hidden = false;
        note.focus();
        return;
      }
      try {
        const { ok, said } = await post(root.dataset.recover, {
          id, withdrawal: one.entry, using, note: note.value.trim(), at: withOffset(new Date()),
        });
        mistake.textContent = said.sentence ?? "";
        mistake.hidden = ok;
        if (!ok) return;
        made.remove();
        if (!box.querySelector(".wrong")) close();
        saved(tell(texts.recovered, { name: using || note.value.trim(), points: said.points }), said.moment);
      } catch {
        mistake.textContent = texts.recoverOffline;
        mistake.hidden = false;
      }
    }

    if (one.free) {
      label.append(element("span", texts.recoverFree), note);
      const button = element("button", texts.recoverRecord, "button");
      button.type = "button";
      button.addEventListener("click", () => record(""));
      made.append(label, button);
    } else if (!one.offers.length) {
      made.append(element("p", texts.recoverNothing));
    } else {
      const offers = element("div", "", "offers");
      for (const offer of one.offers) {
        const button = element("button", "", "offer");
        button.type = "button";
        const limits = [tell(texts.offerPoints, { points: offer.points })];
        if (offer.money) limits.push(tell(texts.offerMoney, { money: offer.money }));
        const name = element("b", titled(offer.name));
        name.dir = "auto";
        button.append(name, element("span", limits.join(" · "), "small quiet"));
        button.addEventListener("click", () => record(offer.name));
        offers.append(button);
      }
      label.append(element("span", texts.recoverNote), note);
      made.append(offers, label);
    }
    made.append(mistake);
    return made;
  }

  const title = element("h2", texts.recoverTitle);
  title.id = "recover-title";
  title.tabIndex = -1;
  const done = element("button", texts.recoverClose, "button plain");
  done.type = "button";
  done.addEventListener("click", close);
  box.replaceChildren(title, ...open.map(part), done);
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}
