//! What a figure of a workload is of, in words: `bench/workloads.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    toml_edit::de::from_str(include_str!("../workloads.toml")).expect("the test has read it")
});

/// Returns the names that have words: workloads, or what several of them have in common.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    WORDS.keys().map(String::as_str)
}

/// Returns what is said of a workload, or of the longest name that it lies below.
pub(crate) fn words(workload: &str) -> Option<&'static str> {
    let mut name = workload;
    loop {
        match WORDS.get(name) {
            Some(words) => return Some(words),
            None => name = name.rsplit_once('/')?.0,
        }
    }
}
