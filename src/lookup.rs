//! Maps that are found in by key, record after record, and whose order nothing depends on: what is
//! written from them is put in order first.

use foldhash::fast::RandomState;

/// A hash map. Where the same input must give the same bytes, `BTreeMap` is the map.
#[allow(clippy::disallowed_types)]
pub type Lookup<K, V> = std::collections::HashMap<K, V, RandomState>;
