// Waiting for what is to come.

/** The first true value that `wanted` gives; `what` is missing after the patience in milliseconds. */
exports.until = async (wanted, what, patience = 15_000) => {
  for (const end = Date.now() + patience; ;) {
    const value = await wanted();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${typeof what === 'function' ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};
