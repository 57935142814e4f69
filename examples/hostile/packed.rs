//! Compression: several members, cut off, damaged, twice, and far smaller than what is in it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::cases::{CANARY, Case, call, lines};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A line of 200 MB that packs to 200 KB.
fn bomb() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(lines(&[&call(1)]).as_bytes()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    (0..200).for_each(|_| packed.write_all(&zeros).unwrap());
    packed.write_all(b"\n").unwrap();
    packed.write_all(lines(&[&call(2)]).as_bytes()).unwrap();
    packed.finish().unwrap()
}

pub fn packed() -> Vec<Case> {
    let gz = |name: &str, bytes: Vec<u8>, wanted: [u64; 6]| {
        Case::named(format!("gz-{name}"), "log.jsonl.gz", bytes, wanted)
    };
    let (one, two) = (lines(&[&call(1)]), lines(&[&call(2)]));
    let members = [gzip(one.as_bytes()), gzip(two.as_bytes())].concat();
    let whole = gzip(lines(&[&call(1), &call(2)]).as_bytes());
    let mut bad_sum = whole.clone();
    let sum = bad_sum.len() - 8;
    bad_sum[sum] ^= 0xff;
    let row = "2026-11-02T10:00:00Z,gpt-4o,1,2\n";
    let table = ["time,model,input_tokens,output_tokens\n", row, row, row].concat();
    let table_cut = gzip(table.as_bytes());
    let mut table_bad = table_cut.clone();
    let sum = table_bad.len() - 8;
    table_bad[sum] ^= 0xff;
    let unclosed = [&table, "\"", &CANARY.repeat(20 << 20)].concat();
    let zstd = zstd::encode_all(one.as_bytes(), 3).unwrap();
    vec![
        gz("members", members.clone(), [2, 0, 0, 0, 0, 0]),
        gz(
            "zeros-behind",
            [whole.clone(), vec![0; 512]].concat(),
            [2, 0, 0, 0, 0, 0],
        ),
        gz("twice", gzip(&whole), [2, 0, 0, 0, 0, 0]),
        gz("thrice", gzip(&gzip(&whole)), [2, 0, 0, 0, 0, 0]),
        gz("not-packed", lines(&[&call(1)]).into(), [1, 0, 0, 0, 0, 0]),
        Case::named("gz-unnamed", "log.jsonl", whole.clone(), [2, 0, 0, 0, 0, 0]),
        Case::named("gz-is-zstd", "log.jsonl.gz", zstd, [1, 0, 0, 0, 0, 0]),
        gz("bad-sum", bad_sum, [2, 0, 0, 0, 1, 0]),
        gz(
            "cut-off",
            whole[..whole.len() - 20].to_vec(),
            [0, 0, 0, 0, 0, 1],
        ),
        gz("only-a-head", whole[..10].to_vec(), [0, 0, 0, 1, 0, 0]),
        gz("table-bad-sum", table_bad, [3, 0, 0, 0, 1, 0]),
        gz(
            "table-cut-off",
            table_cut[..table_cut.len() - 4].to_vec(),
            [3, 0, 0, 0, 0, 0],
        ),
        Case::named("table-unclosed", "log.csv", unclosed, [3, 0, 0, 0, 1, 0]),
        gz("bomb", bomb(), [2, 0, 0, 0, 0, 0]),
    ]
}
