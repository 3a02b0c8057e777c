/* The host of every interactive view.

A view is one ES module beside this file that exports one function and imports nothing:

    export function mount(root, data, host)

`root` is an empty element, `data` the object from Python. The same module runs in three places: inline in a notebook
output or a saved file, where no Python answers, and live through anywidget, where Python does. `host` offers:

    host.html(tag, attributes, ...children)   an element; text children are text, never markup
    host.svg(tag, attributes, ...children)    the same for SVG
    host.on(element, type, handler)           addEventListener, with errors shown instead of lost
    host.keepPage(element, held)              a finger that comes down on it does not move the page if held() then
    host.id(name)                             an id that no other view on the page has
    host.say(text)                            read out by screen readers, shown to nobody
    host.fail(error)                          visible error text
    host.link(key, text)                      link to a page that Python named in `links`
    host.onResize(handler)                    handler(width) now and whenever the view's width changes
    host.calm                                 true when the reader asked for less motion
    host.live                                 true when Python answers
    host.send(message)                        to the Python callback; false (and a sentence) when not live
    host.onUpdate(handler)                    handler(data, patch) after Python answered
*/

/* `value` with so many decimals; from 10 on with at most four significant digits. A true minus, because a hyphen is
read as a dash, and no negative zero. views/html.py has the same. */
function numberText(value, decimals) {
  const size = Number(Math.abs(value).toPrecision(4));
  let text;
  if (size >= 1e6) text = size.toExponential(3).replace(/\.?0*e/, "e");
  else if (size < 10) text = Math.abs(value).toFixed(decimals);
  else text = size.toFixed(Math.max(0, Math.min(decimals, 3 - Math.floor(Math.log10(size)))));
  return value < 0 && Number(text) ? `−${text}` : text;
}

/* As many decimals as numbers need that fill an axis of this length. views/html.py has the same. */
function decimalsFor(span, least = 2) {
  return Math.min(8, Math.max(least, 2 - Math.floor(Math.log10(Math.max(span, 1e-9)))));
}

function makeHost(frame, stage, spec) {
  const document = frame.ownerDocument;
  const window = document.defaultView;
  // Two copies of one view carry the same data, so ids count the views of the page.
  window.reidlibViews = (window.reidlibViews ?? 0) + 1;
  const number = window.reidlibViews;
  const voice = document.createElement("div");
  voice.className = "reid-voice";
  voice.setAttribute("aria-live", "polite");
  const trouble = document.createElement("div");
  trouble.className = "reid-trouble";
  trouble.setAttribute("role", "alert");
  trouble.hidden = true;
  frame.append(trouble, voice);
  // With the focus in a view JupyterLab's one-letter commands (x cuts the cell) would still act. It asks the focused
  // element itself, not its parents.
  frame.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  const updates = [];
  const endings = [];

  function build(namespace, tag, attributes, children) {
    const element = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
    const given = (value) => value !== null && value !== undefined && value !== false;
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (given(value)) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat(3).filter((child) => given(child) && child !== ""));
    return element;
  }

  const host = {
    live: spec.send !== undefined,
    get calm() {
      return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    },
    html: (tag, attributes, ...children) => build(null, tag, attributes, children),
    svg: (tag, attributes, ...children) => build("http://www.w3.org/2000/svg", tag, attributes, children),
    id: (name) => `reid${number}-${name}`,
    say(text) {
      voice.textContent = text;
    },
    fail(error, what = "This view could not continue.") {
      trouble.textContent = error ? `${what} ${error.message ?? error}` : "";
      trouble.hidden = !error;
    },
    guard(work) {
      return (...values) => {
        try {
          return work(...values);
        } catch (error) {
          host.fail(error);
          console.warn("reidlib view:", error);
          return undefined;
        }
      };
    },
    on(element, type, handler) {
      element.addEventListener(type, host.guard(handler));
    },
    keepPage(element, held) {
      // Browsers know touch-action on a whole drawing only, not on its parts. Pointer events come before touch events.
      host.on(element, "touchstart", (event) => {
        if (held() && event.cancelable) event.preventDefault();
      });
    },
    link(key, text) {
      // Jupyter rewires only links that were in the HTML when it was shown: a click is handed on to that one.
      const original = [...frame.querySelectorAll(".reid-links a")].find((each) => each.dataset.key === key);
      const address = original?.getAttribute("href") ?? spec.links?.[key];
      if (!address) return host.html("span", {}, text);
      const anchor = host.html("a", { href: address }, text);
      if (original) {
        host.on(anchor, "click", (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          original.click();
        });
      }
      return anchor;
    },
    onResize(handler) {
      let seen = -1;
      const measure = host.guard(() => {
        const width = Math.round(stage.getBoundingClientRect().width);
        if (width > 0 && width !== seen) handler((seen = width));
      });
      const observer = new window.ResizeObserver(() => window.requestAnimationFrame(measure));
      observer.observe(stage);
      endings.push(() => observer.disconnect());
      measure();
    },
    onUpdate(handler) {
      updates.push(host.guard(handler));
    },
    send(message) {
      if (spec.send) return spec.send(message);
      host.say("Nothing was computed: this saved view has no Python behind it.");
      return false;
    },
    update(data, patch) {
      for (const handler of updates) handler(data, patch);
    },
    end() {
      for (const ending of endings) ending();
    },
  };
  return host;
}

function start(frame, data, mount, spec) {
  const stage = frame.querySelector(".reid-stage");
  const host = makeHost(frame, stage, spec);
  host.guard(() => {
    mount(stage, data, host);
    frame.dataset.reidReady = "yes";
  })();
  return host;
}

/* In a page: start every frame of this view that no script has started yet. Copies share their data's hash as name. */
function startAll(name, mount) {
  for (const frame of document.querySelectorAll(`[data-reid-view="${name}"]:not([data-reid-started])`)) {
    frame.dataset.reidStarted = "yes";
    const data = JSON.parse(frame.querySelector('script[type="application/json"]').textContent);
    start(frame, data, mount, {});
    // The picture stays for those without scripts, and where the view failed.
    if (frame.dataset.reidReady) frame.querySelector(".reid-picture").hidden = true;
  }
}

/* Live: anywidget's render function. Python's answers carry the number of the message that they answer. */
function renderLive(mount) {
  return ({ model, el }) => {
    const frame = document.createElement("div");
    frame.className = "reid-view";
    const stage = document.createElement("div");
    stage.className = "reid-stage";
    frame.append(stage);
    el.append(frame);
    let sent = 0;
    const current = () => ({ ...model.get("data"), ...model.get("patch") });
    const send = (message) => {
      sent += 1;
      frame.setAttribute("aria-busy", "true");
      model.send({ number: sent, message });
      return true;
    };
    const host = start(frame, current(), mount, { send, links: model.get("links") });
    const trouble = () => host.fail(model.get("error"), "Python could not answer.");
    const answered = () => {
      trouble();
      // An answer to an older message than the last one is already out of date.
      if (model.get("answered") >= sent) frame.removeAttribute("aria-busy");
      if (!model.get("error")) host.update(current(), model.get("patch"));
    };
    model.on("change:answered", answered);
    trouble();
    return () => {
      model.off("change:answered", answered);
      host.end();
    };
  };
}
