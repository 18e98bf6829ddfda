//! What the workspace's own pages name is there, and what is not there is found.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use checks::every_name_exists;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Tells what is said to be missing of a page in the root folder.
fn missing(page: &'static str) -> String {
    let said = catch_unwind(|| {
        every_name_exists(page, &root().canonicalize().expect("it is there"), None);
    });
    *said
        .expect_err("something is missing")
        .downcast::<String>()
        .expect("an assertion has a message")
}

#[test]
fn every_name_that_the_root_pages_cite_exists() {
    let root = root().canonicalize().expect("it is there");
    let sheets = ["INTERVIEW.md", "INTERVIEW.zh-CN.md"];
    for page in
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "PYTHON.md"].into_iter().chain(sheets)
    {
        let text = fs::read_to_string(root.join(page)).expect("it is there");
        every_name_exists(&text, &root, None);
    }
}

#[test]
fn every_finding_is_named_by_the_page_of_a_topic() {
    let folders = || fs::read_dir(root()).expect("it is there").flatten();
    let pages: String = folders()
        .filter_map(|entry| fs::read_to_string(entry.path().join("README.md")).ok())
        .collect();
    let findings = fs::read_dir(root().join("findings")).expect("they are there").flatten();
    let scripts = findings.map(|entry| entry.file_name().into_string().expect("a plain name"));
    let untold: Vec<_> =
        scripts.filter(|name| name.ends_with(".sh") && !pages.contains(name)).collect();
    assert!(untold.is_empty(), "no page has {untold:?}");
}

#[test]
fn a_lesson_a_package_a_bench_and_a_filter_that_nobody_has_are_found() {
    for (page, wanted) in [
        ("`cargo run -p deadlock -- lock-oder`", "deadlock has no lesson lock-oder"),
        ("`cargo run -p deadlock -- lock-order --variant oposite`", "has no variant oposite"),
        ("`cargo run -p dedlock`", "no such package"),
        ("```sh\ncargo bench --bench wishful\n```", "no such bench"),
        ("`cargo bench --bench locks -- no-such-workload`", "no bench names no-such-workload"),
        ("`cargo test -p locks no_test_is_called_it`", "no such test"),
    ] {
        // In pieces, or this very file would have the test.
        let page: &str = Box::leak(page.replace("called_it", "called_so").into_boxed_str());
        assert!(missing(page).contains(wanted), "{page}: {}", missing(page));
    }
}

#[test]
fn a_test_a_file_and_a_link_that_are_not_there_are_found() {
    for (page, wanted) in [
        ("see `a_test_that_nobody_has_ever_written_it`", "no such test"),
        ("see `deadlock/src/no_such_file.rs`", "no such file"),
        ("see [that](deadlock/no/page.md)", "no such file"),
    ] {
        // In pieces, or this very file would have the test.
        let page: &str = Box::leak(page.replace("_it", "_down").into_boxed_str());
        assert!(missing(page).contains(wanted), "{page}: {}", missing(page));
    }
}

#[test]
fn the_crates_that_the_topics_share_have_no_circle_of_modules() {
    for folder in ["kit", "stage", "checks"] {
        checks::no_circle_of_modules(&root().join(folder));
    }
}

/// Returns a sheet's questions: the words, and the proofs below them.
fn questions(page: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(page)).expect("it is there");
    let after = text.split("\n**").skip(1);
    let question = |text: &str| {
        let (words, rest) = text.split_once("<br>\n").expect("a proof stands below each answer");
        (words.to_owned(), rest.lines().next().unwrap_or_default().to_owned())
    };
    after.map(question).collect()
}

#[test]
fn both_sheets_have_the_same_questions_in_the_same_order_and_one_evening_is_enough_for_them() {
    let [sheet, chinese] = ["INTERVIEW.md", "INTERVIEW.zh-CN.md"].map(questions);
    let proofs = |sheet: &[(String, String)]| -> Vec<String> {
        sheet.iter().map(|(_, proof)| proof.clone()).collect()
    };
    assert_eq!(proofs(&sheet), proofs(&chinese));
    assert!((48..=250).contains(&sheet.len()), "{} questions", sheet.len());
    for (number, (words, proof)) in (1..).zip(sheet.iter().chain(&chinese)) {
        let number = (number - 1) % sheet.len() + 1;
        assert!(words.starts_with(&format!("{number}. ")), "not number {number}: {words}");
        assert!(proof.starts_with('`'), "no proof: {words}");
    }
}

/// Returns the sources of a folder, each with what it holds.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|one| one.path());
    let of = |path: std::path::PathBuf| match fs::read_to_string(&path) {
        Ok(text) => vec![(path.display().to_string(), text)],
        Err(_) => sources(&path),
    };
    entries.flat_map(of).collect()
}

#[test]
fn no_unit_test_stands_where_cargo_is_told_that_there_is_none() {
    let mut told = 0;
    for folder in fs::read_dir(root()).expect("it is there").flatten() {
        let manifest = fs::read_to_string(folder.path().join("Cargo.toml"));
        let manifest = manifest.unwrap_or_default();
        let untested = |target: &str| {
            let of = |part: &&str| part.starts_with(target) && part.contains("\ntest = false\n");
            manifest.split("\n[").any(|part| of(&part))
        };
        let (library, binary) = (untested("lib]"), untested("[bin]]"));
        for (path, text) in sources(&folder.path().join("src")) {
            let of_the_binary = path.ends_with("src/main.rs") || path.contains("src/lessons");
            if if of_the_binary { binary } else { library } {
                told += 1;
                let test = text.contains("#[test]") || text.contains("cfg(test)");
                assert!(!test, "{path} has a unit test, and Cargo.toml says `test = false`");
            }
        }
    }
    assert!(told > 300, "{told} sources are without unit tests");
}
