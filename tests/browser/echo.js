/* A view for tests: shows `data.value` and `data.label`, and asks Python on request. */
export function mount(root, data, host) {
  const value = host.html("output", { id: host.id("value"), class: "echo-value" }, String(data.value));
  const label = host.html("p", { class: "echo-label", title: data.label }, data.label);
  const button = (name, message) => {
    const element = host.html("button", { type: "button", class: `echo-${name}` }, name);
    host.on(element, "click", () => host.send(message));
    return element;
  };
  const stumble = host.html("button", { type: "button", class: "echo-stumble" }, "stumble");
  host.on(stumble, "click", () => {
    throw new Error("the script stumbled");
  });
  host.onUpdate((now) => {
    value.textContent = String(now.value);
  });
  root.append(label, value, button("double", { times: 2 }), button("fail", { fail: true }), stumble);
}
