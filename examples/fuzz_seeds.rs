//! Writes what the fuzz targets begin with: `cargo run --example fuzz_seeds -- FOLDER` makes a folder per
//! target. `fuzz/run.py` does it by itself.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failing generator may stop

#[path = "../tests/fuzz/seeds.rs"]
mod seeds;

use std::fs;
use std::path::PathBuf;

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    for target in seeds::TARGETS {
        let folder = folder.join(target);
        fs::create_dir_all(&folder).unwrap();
        for (n, seed) in seeds::of(target).iter().enumerate() {
            fs::write(folder.join(format!("seed-{n}")), seed).unwrap();
        }
    }
}
