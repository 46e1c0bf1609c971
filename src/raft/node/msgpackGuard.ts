/**
 * Looks over MessagePack bytes before a library decodes them. The library's record extension compiles functions from
 * what it reads and other extensions build objects of many classes; none of our messages needs any extension. What
 * passes here is one whole value of plain maps, arrays, strings, bytes and numbers, as deep as a message can be.
 * Source: the MessagePack specification, "Formats".
 */

/** A snapshot's membership sits at depth 3, its id lists at 4; twice that leaves room for newer versions. */
const DEPTH_MAX = 8;

/** True when `bytes` hold exactly one value without extensions, nested at most {@link DEPTH_MAX} deep. */
export function isPlainMsgpack(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return endOfValue(view, 0, DEPTH_MAX) === view.byteLength;
}

/** Where the value at `at` ends, or -1 when it is cut short, too deep or not plain. */
function endOfValue(view: DataView, at: number, depth: number): number {
  if (depth === 0 || at >= view.byteLength) return -1;
  const token = view.getUint8(at);
  if (token <= 0x7f || token >= 0xe0) return at + 1;
  if (token <= 0x8f) return endOfItems(view, at + 1, (token & 0x0f) * 2, depth);
  if (token <= 0x9f) return endOfItems(view, at + 1, token & 0x0f, depth);
  if (token <= 0xbf) return endWithin(view, at + 1 + (token & 0x1f));
  switch (token) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return at + 1;
    case 0xc4: // bin 8
    case 0xd9: // str 8
      return at + 2 > view.byteLength ? -1 : endWithin(view, at + 2 + view.getUint8(at + 1));
    case 0xc5: // bin 16
    case 0xda: // str 16
      return at + 3 > view.byteLength ? -1 : endWithin(view, at + 3 + view.getUint16(at + 1));
    case 0xc6: // bin 32
    case 0xdb: // str 32
      return at + 5 > view.byteLength ? -1 : endWithin(view, at + 5 + view.getUint32(at + 1));
    case 0xcc: // uint 8
    case 0xd0: // int 8
      return endWithin(view, at + 2);
    case 0xcd: // uint 16
    case 0xd1: // int 16
      return endWithin(view, at + 3);
    case 0xca: // float 32
    case 0xce: // uint 32
    case 0xd2: // int 32
      return endWithin(view, at + 5);
    case 0xcb: // float 64
    case 0xcf: // uint 64
    case 0xd3: // int 64
      return endWithin(view, at + 9);
    case 0xdc: // array 16
      return at + 3 > view.byteLength ? -1 : endOfItems(view, at + 3, view.getUint16(at + 1), depth);
    case 0xde: // map 16
      return at + 3 > view.byteLength ? -1 : endOfItems(view, at + 3, view.getUint16(at + 1) * 2, depth);
    default:
      // Extensions, the reserved 0xc1, and arrays or maps of more than 65,535 items, which no message has.
      return -1;
  }
}

function endOfItems(view: DataView, start: number, items: number, depth: number): number {
  let at = start;
  for (let n = 0; n < items; n++) {
    at = endOfValue(view, at, depth - 1);
    if (at === -1) return -1;
  }
  return at;
}

function endWithin(view: DataView, end: number): number {
  return end <= view.byteLength ? end : -1;
}
