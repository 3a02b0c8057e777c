/* A view for tests that cannot start. */
export function mount() {
  throw new Error("nothing to show");
}
