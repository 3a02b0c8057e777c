/* The arithmetic of the winner's curse: exact binomial chances, nothing simulated. */

const winLogs = [0]; // ln 0!, ln 1!, …

/* Chances of 0 … n hits. */
function winBinomial(n, p) {
  while (winLogs.length <= n) winLogs.push(winLogs.at(-1) + Math.log(winLogs.length));
  const chances = new Float64Array(n + 1);
  if (p <= 0 || p >= 1) {
    chances[p <= 0 ? 0 : n] = 1;
    return chances;
  }
  const [yes, no] = [Math.log(p), Math.log1p(-p)];
  for (let k = 0; k <= n; k += 1) {
    chances[k] = Math.exp(winLogs[n] - winLogs[k] - winLogs[n - k] + k * yes + (n - k) * no);
  }
  return chances;
}

/* The largest of m independent draws: P(best ≤ k) = F(k)^m. */
function winBestOf(one, m) {
  const best = new Float64Array(one.length);
  let sum = 0;
  let before = 0;
  for (let k = 0; k < one.length; k += 1) {
    sum += one[k];
    const now = k === one.length - 1 ? 1 : Math.min(1, sum) ** m;
    best[k] = Math.max(0, now - before);
    before = now;
  }
  return best;
}

/* First and last number of hits whose chance matters. */
function winSupport(chances, least) {
  let first = 0;
  let last = chances.length - 1;
  while (first < last && chances[first] < least) first += 1;
  while (last > first && chances[last] < least) last -= 1;
  return [first, last];
}

/* Chances of one method and of the best of m. On a share `alike` of the people all methods have the same result: the
common hits of s such people are Binomial(s, p), and the best of the rest is added to them. */
function winChances({ n, p, m, alike }) {
  const one = winBinomial(n, p);
  if (!alike) return { one, best: winBestOf(one, m) };
  const best = new Float64Array(n + 1);
  winBinomial(n, alike).forEach((weight, s) => {
    if (weight < 1e-11) return;
    const common = winBinomial(s, p);
    const rest = winBestOf(winBinomial(n - s, p), m);
    const [from, to] = winSupport(rest, 1e-12);
    const [low, high] = winSupport(common, 1e-12);
    for (let a = low; a <= high; a += 1) {
      const share = weight * common[a];
      for (let b = from; b <= to; b += 1) best[a + b] += share * rest[b];
    }
  });
  return { one, best };
}

function winTail(chances, hits) {
  let sum = 0;
  for (let k = chances.length - 1; k >= hits; k -= 1) sum += chances[k];
  return Math.min(1, sum);
}

/* The best's mean share of hits. */
function winMean(chances) {
  let sum = 0;
  for (let k = 0; k < chances.length; k += 1) sum += k * chances[k];
  return sum / (chances.length - 1);
}

/* The least number of hits that is `lead` points above the truth or more; n + 1 where none is. */
function winHits({ n, p, lead }) {
  return Math.min(n + 1, Math.max(0, Math.ceil(n * (p + lead / 100) - 1e-9)));
}

/* Everything that is shown about a score of `hits` or more. */
function winSummary(setting, chances, hits) {
  const mean = winMean(chances.best);
  return {
    alone: winTail(chances.one, hits),
    reached: winTail(chances.best, hits),
    above: winTail(chances.best, Math.floor(setting.n * setting.p + 1e-9) + 1),
    mean,
    optimism: mean - setting.p,
  };
}

/* A chance as text; only what is certain reads 0 % or 100 %. */
function winPercent(chance) {
  if (chance <= 1e-12 || chance >= 1 - 1e-12) return chance > 0.5 ? "100 %" : "0 %";
  if (chance < 0.001 || chance > 0.999) return chance < 0.5 ? "under 0.1 %" : "over 99.9 %";
  const scale = chance >= 0.0995 && chance <= 0.9005 ? 1 : 10;
  return `${(Math.floor(chance * 100 * scale + 0.5) / scale).toFixed(scale === 1 ? 0 : 1)} %`;
}

/* A share as a number with at most one decimal: 0.675 is 67.5. */
function winPoints(share) {
  const tenths = Math.floor(Math.abs(share) * 1000 + 0.5);
  const rest = tenths % 10;
  return `${share < 0 && tenths ? "−" : ""}${(tenths - rest) / 10}${rest ? `.${rest}` : ""}`;
}
