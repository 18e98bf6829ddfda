//! The file of what was answered right: kept, asked again last, and left as it is where it is another.

use std::path::PathBuf;

use super::quiz::{quiz, shown};

/// A folder that is removed at the end of a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("stage-quiz-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("there is room for a folder");
        Self(folder)
    }

    fn file(&self) -> String {
        self.0.join("progress").to_str().expect("its path is text").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // There is nothing left to do about it when this fails.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_answered_right_is_kept_and_asked_again_last() {
    let folder = Folder::new("kept");
    let file = folder.file();
    let sit = |letters: &str| {
        shown(&["overdraft", "--quiz", "--progress", &file, "--answer", letters], "")
    };
    let heads = |screen: &str| -> Vec<String> {
        let asks = [
            "Does it hold",
            "How many",
            "Which threads",
            "What comes",
            "Which schedule",
            "Which are",
        ];
        let one = |text: &str| {
            let kind = asks.iter().position(|asks| text.contains(asks)).expect("it asks something");
            let variant = text.split_once("variant ").expect("it names one").1;
            format!("{kind} {}", variant.split_once(',').expect("and its size").0)
        };
        screen.split("\nquestion ").skip(1).map(one).collect()
    };
    // The letters that are right come out of four sittings that answer each letter.
    let mut right = ["d"; 5];
    for letter in ["a", "b", "c"] {
        let fresh = shown(&["overdraft", "--quiz", "--answer", &[letter; 5].join(",")], "");
        for (at, text) in fresh.split("\nquestion ").skip(1).enumerate() {
            if text.contains("  right: ") {
                right[at] = letter;
            }
        }
    }
    let first = sit(&right.join(","));
    assert!(first.contains("score: 5 of 5 right"), "{first}");
    let kept = std::fs::read_to_string(&file).expect("it was written");
    assert_eq!(kept.lines().count(), 6, "a head, and a line for each: {kept}");
    let (before, after) = (heads(&first), heads(&sit("a,a,a,a,a")));
    // Eleven can be asked: five were, and the others come first.
    assert!(after.iter().all(|head| !before.contains(head)), "{before:?} {after:?}");
}

#[test]
fn a_file_that_is_no_progress_is_refused_and_left_as_it_is() {
    let folder = Folder::new("damaged");
    let file = folder.file();
    let head = "# quiz: topic, lesson, variant and kind of what was answered right\n";
    for text in [
        "a letter to a friend\n".to_owned(),
        format!("{head}one two three four\n"),
        format!("{head}your_turn overdraft in-one-step\n"),
        format!("{head}your_turn overdraft in-one-step ends"),
        format!("{head}your_turn overdraft \u{1b}[2J ends\n"),
    ] {
        std::fs::write(&file, &text).expect("there is room for a file");
        let output = quiz(&["quiz", "--progress", &file], "a\n");
        checks::refused(&output, "is not what a quiz writes");
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), text);
    }
    std::fs::write(&file, [0xff, 0xfe, 0]).expect("there is room for a file");
    checks::refused(&quiz(&["quiz", "--progress", &file], "a\n"), "is not what a quiz writes");
}
