/* One rule for choosing among things in every view: hover = focus, click = lock, arrows = move, Escape = free.

    select(host, items, { show, move, first })

`items` are elements with role="option". `show(index, locked)` draws the choice. `move(index, key)` gives the
neighbour for an arrow key; without it, left and up go back, right and down go on. */

function select(host, items, { show, move, first = 0 }) {
  let current = first;
  let locked = false;

  function choose(index, lock) {
    current = index;
    locked = lock;
    items.forEach((item, i) => {
      item.setAttribute("tabindex", i === current ? "0" : "-1");
      item.setAttribute("aria-selected", String(i === current));
      item.toggleAttribute("data-shown", i === current);
      item.toggleAttribute("data-locked", i === current && locked);
    });
    show(current, locked);
  }

  function toggle(index) {
    choose(index, !(locked && index === current));
    host.say(locked ? "Locked. Escape frees it." : "Free.");
  }

  function neighbour(key) {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[key];
    if (key === "Home") return 0;
    if (key === "End") return items.length - 1;
    if (step === undefined) return undefined;
    return Math.min(items.length - 1, Math.max(0, move ? move(current, key) : current + step));
  }

  items.forEach((item, index) => {
    host.on(item, "pointermove", (event) => {
      if (!locked && index !== current && event.pointerType !== "touch") choose(index, false);
    });
    host.on(item, "click", () => {
      item.focus({ preventScroll: true });
      toggle(index);
    });
    host.on(item, "keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = neighbour(event.key);
      if (next !== undefined) {
        choose(next, locked);
        items[next].focus();
      } else if (event.key === "Enter" || event.key === " ") {
        toggle(index);
      } else if (event.key === "Escape" && locked) {
        choose(index, false);
        host.say("Free.");
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
  });
  choose(first, false);
  return { choose };
}
