//! Heaps, property contexts and tables ([MS-PST] 2.3).

use crate::ndb::Ndb;
use aftermail_mapi::pst::Layout;
use aftermail_mapi::{Props, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Seek, Write};

/// Largest piece of a heap; a longer value gets a sub-node.
const LARGEST: usize = 3580;
/// Type of the sub-nodes that hold values.
const VALUE: u32 = 0x1F;

/// Ids of the blocks of a node: its data, and the list of its sub-nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Node {
    /// Block or tree of blocks.
    pub data: u64,
    /// List of sub-nodes.
    pub subnodes: u64,
}

/// A heap being filled, and the sub-nodes that belong to it.
struct Heap {
    layout: Layout,
    largest: usize,
    blocks: Vec<Vec<Vec<u8>>>,
    used: usize,
    below: Vec<(u32, Node)>,
    next: u32,
}

/// Bytes at the beginning of a block of a heap, by its number ([MS-PST] 2.3.1.2 to 2.3.1.4).
fn head(block: usize) -> usize {
    match block {
        0 => 12,
        n if n >= 8 && (n - 8).is_multiple_of(128) => 66,
        _ => 2,
    }
}

impl Heap {
    fn new<W: Write + Seek>(ndb: &Ndb<W>) -> Heap {
        Heap { layout: ndb.format.layout, largest: ndb.largest(), blocks: vec![Vec::new()], used: head(0), below: Vec::new(), next: 0x700 }
    }

    /// Puts a piece into the heap.
    fn put(&mut self, bytes: Vec<u8>) -> u32 {
        let pieces = self.blocks.last().map_or(0, Vec::len);
        let map = 4 + 2 * (pieces + 2);
        if self.used + bytes.len() + map + 1 > self.largest || pieces >= 2000 {
            self.used = head(self.blocks.len());
            self.blocks.push(Vec::new());
        }
        self.used += bytes.len();
        let block = self.blocks.len() as u32 - 1;
        let last = self.blocks.last_mut().map_or(0, |pieces| {
            pieces.push(bytes);
            pieces.len() as u32
        });
        last << 5 | block << if self.layout == Layout::Large { 19 } else { 16 }
    }

    /// Puts a value into the heap, or into a sub-node where it is long; 0 for an empty one.
    fn value<W: Write + Seek>(&mut self, ndb: &mut Ndb<W>, bytes: Vec<u8>) -> io::Result<u32> {
        if bytes.is_empty() {
            return Ok(0);
        }
        if bytes.len() <= LARGEST {
            return Ok(self.put(bytes));
        }
        let data = ndb.data(&bytes)?;
        Ok(self.below(Node { data, subnodes: 0 }))
    }

    fn below(&mut self, node: Node) -> u32 {
        self.next += 1;
        let id = self.next << 5 | VALUE;
        self.below.push((id, node));
        id
    }

    /// A tree of sorted records of a key and a value ([MS-PST] 2.3.2), and the id of its header.
    fn tree(&mut self, key: usize, value: usize, records: &[Vec<u8>]) -> u32 {
        let header_at = self.put(vec![0; 8]);
        let mut level = 0;
        let mut groups: Vec<(Vec<u8>, u32)> = self.level(key, records);
        while groups.len() > 1 {
            level += 1;
            let above: Vec<Vec<u8>> = groups.into_iter().map(|(first, id)| [first.as_slice(), &id.to_le_bytes()].concat()).collect();
            groups = self.level(key, &above);
        }
        let root = groups.pop().map_or(0, |(_, id)| id);
        let mut header = vec![0xB5, key as u8, value as u8, level];
        header.extend(root.to_le_bytes());
        let header_piece = (header_at >> 5 & 0x7FF) as usize - 1;
        let block = (header_at >> if self.layout == Layout::Large { 19 } else { 16 }) as usize;
        self.blocks[block][header_piece] = header;
        header_at
    }

    fn level(&mut self, key: usize, records: &[Vec<u8>]) -> Vec<(Vec<u8>, u32)> {
        let size = records.first().map_or(1, Vec::len);
        records.chunks(LARGEST / size).map(|group| (group[0][..key].to_vec(), self.put(group.concat()))).collect()
    }

    /// The heap as the data of a node.
    fn finish<W: Write + Seek>(mut self, ndb: &mut Ndb<W>, client: u8, root: u32, below: &[(u32, Node)]) -> io::Result<Node> {
        let blocks: Vec<Vec<u8>> = self.blocks.iter().enumerate().map(|(n, pieces)| block(n, pieces, client, root)).collect();
        let data = ndb.pieces(blocks.iter().map(Vec::as_slice))?;
        self.below.extend_from_slice(below);
        Ok(Node { data, subnodes: ndb.subnodes(&self.below)? })
    }
}

/// A block of a heap: its head, its pieces, and the map of where they begin.
fn block(number: usize, pieces: &[Vec<u8>], client: u8, root: u32) -> Vec<u8> {
    let mut bytes = vec![0; head(number)];
    let mut places = vec![bytes.len() as u16];
    for piece in pieces {
        bytes.extend_from_slice(piece);
        places.push(bytes.len() as u16);
    }
    if !bytes.len().is_multiple_of(2) {
        bytes.push(0);
    }
    let map = bytes.len() as u16;
    bytes[..2].copy_from_slice(&map.to_le_bytes());
    if number == 0 {
        bytes[2..4].copy_from_slice(&[0xEC, client]);
        bytes[4..8].copy_from_slice(&root.to_le_bytes());
    }
    bytes.extend((pieces.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    places.iter().for_each(|place| bytes.extend(place.to_le_bytes()));
    bytes
}

/// Type and bytes of a value.
fn encode(value: &Value) -> (u16, Vec<u8>) {
    match value {
        Value::Integer(n) => match i32::try_from(*n) {
            Ok(n) => (0x0003, n.to_le_bytes().to_vec()),
            Err(_) => (0x0014, n.to_le_bytes().to_vec()),
        },
        Value::Bool(b) => (0x000B, vec![u8::from(*b), 0, 0, 0]),
        Value::Float(f) => (0x0005, f.to_le_bytes().to_vec()),
        Value::Time(ticks) => (0x0040, ticks.to_le_bytes().to_vec()),
        Value::Text(text) => (0x001F, text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Value::Bytes8(bytes) => (0x001E, bytes.clone()),
        Value::Binary(bytes) => (0x0102, bytes.clone()),
        Value::Guid(guid) => (0x0048, guid.to_vec()),
        Value::Object(node, size) => (0x000D, [node.to_le_bytes(), size.to_le_bytes()].concat()),
        Value::Many(values) => many(values),
    }
}

/// [MS-PST] 2.3.3.4.
fn many(values: &[Value]) -> (u16, Vec<u8>) {
    let encoded: Vec<(u16, Vec<u8>)> = values.iter().map(encode).collect();
    let kind = encoded.first().map_or(0x001F, |(kind, _)| *kind);
    if matches!(kind, 0x0003 | 0x0014 | 0x0005 | 0x0040 | 0x0048) {
        return (kind | 0x1000, encoded.into_iter().flat_map(|(_, bytes)| bytes).collect());
    }
    let mut out = (values.len() as u32).to_le_bytes().to_vec();
    let mut at = 4 + 4 * values.len();
    for (_, bytes) in &encoded {
        out.extend((at as u32).to_le_bytes());
        at += bytes.len();
    }
    encoded.into_iter().for_each(|(_, bytes)| out.extend(bytes));
    (kind | 0x1000, out)
}

/// A property context ([MS-PST] 2.3.3) with more nodes below it.
///
/// # Errors
/// Those of the medium.
pub fn context<W: Write + Seek>(ndb: &mut Ndb<W>, props: &Props, below: &[(u32, Node)]) -> io::Result<Node> {
    let mut heap = Heap::new(ndb);
    let mut records = Vec::new();
    for (id, value) in props.iter() {
        let (kind, bytes) = encode(value);
        let mut record = id.to_le_bytes().to_vec();
        record.extend(kind.to_le_bytes());
        match kind {
            0x0003 | 0x000B => record.extend(bytes),
            _ => record.extend(heap.value(ndb, bytes)?.to_le_bytes()),
        }
        records.push(record);
    }
    let root = heap.tree(2, 6, &records);
    heap.finish(ndb, 0xBC, root, below)
}

/// Place and width of a column in a row, and the bit that says whether it is there: the row's id and version have the first two.
struct Column {
    id: u16,
    kind: u16,
    at: usize,
    width: usize,
    bit: usize,
}

/// The columns that these rows need, widest first as [MS-PST] 2.3.4.4.1 wants them, and where the bits of presence begin.
fn columns(rows: &[(u32, Props)]) -> (Vec<Column>, usize) {
    let mut kinds: BTreeMap<u16, u16> = BTreeMap::from([(0x67F2, 0x0003), (0x67F3, 0x0003)]);
    for (id, value) in rows.iter().flat_map(|(_, props)| props.iter()) {
        let kind = kinds.entry(id).or_insert(encode(value).0);
        // A column has one type: the wider of two numbers.
        if encode(value).0 == 0x0014 {
            *kind = 0x0014;
        }
    }
    let width = |kind: u16| match kind {
        0x0005 | 0x0014 | 0x0040 => 8,
        0x000B => 1,
        _ => 4,
    };
    let mut out = Vec::new();
    let mut at = 8;
    for wanted in [8, 4, 1] {
        for (id, kind) in kinds.iter().filter(|(id, kind)| width(**kind) == wanted && !matches!(id, 0x67F2 | 0x67F3)) {
            out.push(Column { id: *id, kind: *kind, at, width: wanted, bit: out.len() + 2 });
            at += wanted;
        }
    }
    out.extend([(0x67F2, 0), (0x67F3, 4)].map(|(id, at)| Column { id, kind: 0x0003, at, width: 4, bit: at / 4 }));
    out.sort_by_key(|c| c.id);
    (out, at)
}

/// A table ([MS-PST] 2.3.4) of rows with their ids.
///
/// # Errors
/// Those of the medium.
pub fn table<W: Write + Seek>(ndb: &mut Ndb<W>, rows: &[(u32, Props)]) -> io::Result<Node> {
    let mut heap = Heap::new(ndb);
    let info_at = heap.put(vec![0; 22 + 8 * columns(rows).0.len()]);
    let (columns, bits_at) = columns(rows);
    let length = bits_at + columns.len().div_ceil(8);
    let mut matrix = Vec::new();
    for (id, props) in rows {
        matrix.push(row(ndb, &mut heap, *id, props, &columns, bits_at, length)?);
    }
    let mut index: Vec<Vec<u8>> =
        rows.iter().enumerate().map(|(n, (id, _))| [id.to_le_bytes(), (n as u32).to_le_bytes()].concat()).collect();
    index.sort_by_key(|record| u32::from_le_bytes([record[0], record[1], record[2], record[3]]));
    // ANSI stores number rows with two bytes ([MS-PST] 2.3.4.3.1).
    let number = if heap.layout == Layout::Ansi { 2 } else { 4 };
    index.iter_mut().for_each(|record| record.truncate(4 + number));
    let index = heap.tree(4, number, &index);
    let place = if matrix.is_empty() {
        0
    } else if matrix.len() * length <= LARGEST {
        heap.put(matrix.concat())
    } else {
        let full = ndb.largest();
        let mut pieces: Vec<Vec<u8>> = matrix.chunks(full / length).map(<[Vec<u8>]>::concat).collect();
        // Every block but the last is full.
        let last = pieces.len() - 1;
        pieces[..last].iter_mut().for_each(|piece| piece.resize(full, 0));
        let data = ndb.pieces(pieces.iter().map(Vec::as_slice))?;
        heap.below(Node { data, subnodes: 0 })
    };
    heap.blocks[0][(info_at >> 5) as usize - 1] = info(&columns, bits_at, length, index, place);
    heap.finish(ndb, 0x7C, info_at, &[])
}

/// TCINFO ([MS-PST] 2.3.4.1).
fn info(columns: &[Column], bits_at: usize, length: usize, index: u32, place: u32) -> Vec<u8> {
    let end = |least: usize| columns.iter().filter(|c| c.width >= least).map(|c| c.at + c.width).max().unwrap_or(0);
    let mut info = vec![0x7C, columns.len() as u8];
    for at in [end(4), end(2), bits_at, length] {
        info.extend((at as u16).to_le_bytes());
    }
    [index, place, 0].into_iter().for_each(|id: u32| info.extend(id.to_le_bytes()));
    for column in columns {
        info.extend(column.kind.to_le_bytes());
        info.extend(column.id.to_le_bytes());
        info.extend((column.at as u16).to_le_bytes());
        info.extend([column.width as u8, column.bit as u8]);
    }
    info
}

fn row<W: Write + Seek>(
    ndb: &mut Ndb<W>,
    heap: &mut Heap,
    id: u32,
    props: &Props,
    columns: &[Column],
    bits_at: usize,
    length: usize,
) -> io::Result<Vec<u8>> {
    let mut row = vec![0; length];
    let present: BTreeSet<u16> = props.iter().map(|(id, _)| id).chain([0x67F2, 0x67F3]).collect();
    for column in columns.iter().filter(|c| present.contains(&c.id)) {
        let bytes = match (column.id, props.get(column.id)) {
            (0x67F2, _) => id.to_le_bytes().to_vec(),
            (0x67F3, _) | (_, None) => vec![1, 0, 0, 0],
            (_, Some(Value::Integer(n))) => n.to_le_bytes().to_vec(),
            (_, Some(value)) => match encode(value) {
                (0x0005 | 0x0040 | 0x000B, bytes) => bytes,
                (_, bytes) => heap.value(ndb, bytes)?.to_le_bytes().to_vec(),
            },
        };
        row[column.at..column.at + column.width].copy_from_slice(&bytes[..column.width]);
        row[bits_at + column.bit / 8] |= 0x80 >> (column.bit % 8);
    }
    Ok(row)
}
