//! What holds for all topics, which no crate that they share knows: the lists of them say the same,
//! and no lesson takes long to read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use checks::alternatives;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Reads a file of the workspace.
fn file(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("it is in the workspace")
}

/// Returns the words between the first `begin` and the next `end`, without quotation marks and
/// commas.
fn list(text: &str, begin: &str, end: char) -> Vec<String> {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}"));
    let (words, _) = rest.split_once(end).expect("it ends");
    let words = words.split_whitespace().map(|word| word.trim_matches(['"', ',']).to_owned());
    words.collect()
}

/// Returns the topics, as the workspace lists them.
fn topics() -> Vec<String> {
    let mut topics = list(&file("Cargo.toml"), "members = [", ']');
    // What is no topic comes behind the topics.
    topics.truncate(topics.iter().position(|member| member == "kit").expect("a member"));
    topics
}

#[test]
fn every_list_of_the_topics_is_that_of_the_workspace() {
    let topics = topics();
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

/// Returns the Rust sources of a folder and of those below it; none if it is not there.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| sources(folder));
    files.into_iter().chain(below).filter(|path| path.extension() == Some("rs".as_ref())).collect()
}

/// Returns the lines of code of a file: no empty ones, no comments, and no tests of its own.
fn code(path: &Path) -> usize {
    let text = fs::read_to_string(path).expect("it is there");
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("#[cfg(test)]"));
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// The lessons that take more lines, and how many.
const LONGER: [(&str, usize); 1] = [("gil", 410)];

#[test]
fn each_lesson_is_read_in_a_quarter_of_an_hour() {
    let mut walked = 0;
    for topic in topics() {
        let main = root().join(&topic).join("src/main.rs");
        for lesson in fs::read_dir(root().join(&topic).join("src/lessons")).expect("it has some") {
            let lesson = lesson.expect("it can be read").path();
            let text = fs::read_to_string(&lesson).unwrap_or_default();
            let after = |call| text.split_once(call).and_then(|(_, rest)| rest.split('"').nth(1));
            // Some files have what several lessons share.
            let Some((name, source)) = after("Lesson::new(").zip(after(".source(")) else {
                continue;
            };
            let named = alternatives(source).into_iter().map(|path| root().join(path));
            // With each file comes the folder of its name.
            let walk: BTreeSet<_> = named
                .chain([main.clone(), lesson])
                .flat_map(|file| sources(&file.with_extension("")).into_iter().chain([file]))
                .collect();
            let lines: usize = walk.iter().map(|file| code(file)).sum();
            let longer = LONGER.iter().find(|(longer, _)| *longer == name);
            let most = longer.map_or(350, |(_, lines)| *lines);
            assert!(walk.len() <= 5 && lines <= most, "{topic} {name}: {lines} lines in {walk:#?}");
            walked += 1;
        }
    }
    assert!(walked > 100, "{walked}");
}
