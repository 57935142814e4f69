//! The fuzz targets on what they begin with and what was found: quick, on any toolchain. `fuzz/run.py` runs
//! them on millions of inputs.
// A failing check may stop.
#![allow(clippy::unwrap_used, clippy::panic)]

mod seeds;
mod targets;

/// Every target on its seeds, and on pieces of them.
fn replay(target: &str) {
    let seeds = seeds::of(target);
    assert!(!seeds.is_empty(), "{target} has nothing to begin with");
    for seed in &seeds {
        targets::run(target, seed);
        targets::run(target, seed.get(..seed.len() / 2).unwrap());
    }
    targets::run(target, &[]);
}

macro_rules! replayed {
    ($($name:ident)*) => {
        $(#[test] fn $name() { replay(stringify!($name)); })*

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($name)),*];
            assert_eq!(targets::TARGETS.map(|(name, _)| name), replayed);
            assert_eq!(seeds::TARGETS, replayed);
        }
    };
}

replayed! { json numbers texts source documents database book formats asked query rendered ledger }

/// A target that `fuzz/` does not build would never be run.
#[test]
fn fuzz_builds_every_target() {
    let manifest = include_str!("../../fuzz/Cargo.toml");
    for (name, _) in targets::TARGETS {
        assert!(
            manifest.contains(&format!("[[bin]]\nname = \"{name}\"\n")),
            "{name}"
        );
    }
}
