//! What a figure of a workload is of, in words: `bench/workloads.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Returns what is said of a workload, or of the longest name that it lies below.
pub(crate) fn words(workload: &str) -> Option<&'static str> {
    static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        toml_edit::de::from_str(include_str!("../workloads.toml")).expect("the test has read it")
    });
    let mut name = workload;
    loop {
        match WORDS.get(name) {
            Some(words) => return Some(words),
            None => name = name.rsplit_once('/')?.0,
        }
    }
}
