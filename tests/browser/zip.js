// Files → a ZIP archive (PKWARE's APPNOTE 4.3), so that no test needs a program for that.

import { deflateRawSync, gzipSync } from "node:zlib";

/** The CRC-32 of some bytes, which gzip puts behind them. */
function crc32(bytes) {
  const packed = gzipSync(bytes);
  return packed.readUInt32LE(packed.length - 8);
}

/** An archive of these files, by their paths in it. */
export function zip(files) {
  const members = [];
  const directory = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name);
    const plain = Buffer.from(text);
    const packed = deflateRawSync(plain);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0); // version needed
    about.writeUInt16LE(0x0800, 2); // names are UTF-8
    about.writeUInt16LE(8, 4); // deflated
    about.writeUInt32LE(crc32(plain), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(plain.length, 18);
    about.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), about, path, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), about, place, path]));
    members.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...members, list, Buffer.from("PK\x05\x06"), end]);
}
