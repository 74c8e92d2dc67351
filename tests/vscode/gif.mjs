// An animation out of pictures: of each frame only what has changed is written, in one set of colours.
//
// Knows PNG and GIF by libraries. Knows nothing of what is in the pictures.

import { readFileSync, writeFileSync } from 'node:fs';
import gifenc from 'gifenc';
import { PNG } from 'pngjs';

const { GIFEncoder, applyPalette, quantize } = gifenc;

/** Write `file` from frames: { png: a file, at: milliseconds }; the last one stays for `rest` milliseconds. */
export function writeGif(file, frames, rest) {
  const pictures = frames.map(({ png, at }) => ({ ...PNG.sync.read(readFileSync(png)), at }));
  const [{ width, height }] = pictures;
  // colours of the first, the middle and the last frame; the last index is for what has not changed
  const sample = [0, pictures.length >> 1, pictures.length - 1].map((index) => pictures[index].data);
  const palette = quantize(Buffer.concat(sample), 255);
  const unchanged = palette.length;
  const gif = GIFEncoder();
  let before;
  pictures.forEach(({ data, at }, index) => {
    const colours = applyPalette(data, palette);
    const written = before ? colours.map((colour, pixel) => (colour === before[pixel] ? unchanged : colour)) : colours;
    before = colours;
    gif.writeFrame(written, width, height, {
      palette: index ? undefined : [...palette, [0, 0, 0]],
      delay: index + 1 < pictures.length ? pictures[index + 1].at - at : rest,
      transparent: index > 0,
      transparentIndex: unchanged,
      dispose: 1,
    });
  });
  gif.finish();
  writeFileSync(file, gif.bytes());
}
