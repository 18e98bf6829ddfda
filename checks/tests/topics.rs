//! The topics are listed in more than one place, for no crate that all share knows any: the lists
//! say the same.

use std::fs;
use std::path::Path;

/// Reads a file of the workspace.
fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).expect("it is in the workspace")
}

/// Returns the words between the first `begin` and the next `end`, without quotation marks and
/// commas.
fn list(text: &str, begin: &str, end: char) -> Vec<String> {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}"));
    let (words, _) = rest.split_once(end).expect("it ends");
    let words = words.split_whitespace().map(|word| word.trim_matches(['"', ',']).to_owned());
    words.collect()
}

#[test]
fn every_list_of_the_topics_is_that_of_the_workspace() {
    let mut topics = list(&file("Cargo.toml"), "members = [", ']');
    // What is no topic comes behind the topics.
    topics.truncate(topics.iter().position(|member| member == "kit").expect("a member"));
    assert_eq!(topics.len(), 10);
    for (path, begin, end) in [
        ("site/src/main.rs", "const TOPICS: [&str; 10] = [", ']'),
        ("bench/src/main.rs", "const ALL_TOPICS: [&str; 10] = [", ']'),
        (".ci/run", "\ntopics=(", ')'),
    ] {
        assert_eq!(list(&file(path), begin, end), topics, "{path}");
    }
    let readme = file("README.md");
    let in_readme = topics.iter().map(|topic| readme.find(&format!("[{topic}]({topic}")));
    let places: Option<Vec<_>> = in_readme.collect();
    assert!(places.is_some_and(|places| places.is_sorted()), "README.md");
}
