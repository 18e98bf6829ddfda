//! A folder that cannot be written is refused in a line, before anything is built.

use std::process::Command;

#[test]
fn a_request_that_is_refused_unheard_is_refused() {
    let (reader, writer) = std::io::pipe().expect("there is room for a pipe");
    drop(reader);
    let mut site = Command::new(env!("CARGO_BIN_EXE_site"));
    let status = site.stderr(writer).status().expect("cargo test builds it");
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_bad_folder_is_refused_in_a_line() {
    let temporary = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let full = temporary.join("site-refused");
    let _ = std::fs::remove_dir_all(&full);
    std::fs::create_dir_all(&full).expect("there is room for a folder");
    std::fs::write(full.join("mine.txt"), "mine").expect("and for a file");
    let (file, full) = (full.join("mine.txt"), full.display().to_string());
    let file = file.display().to_string();
    for (arguments, wanted) in [
        (&[][..], "name one folder"),
        (&["a", "b"], "name one folder"),
        (&["--help-me"], "name one folder"),
        (&["/proc/no/such"], "cannot be written"),
        (&[&*file], "cannot be written"),
        (&[&*full], "it holds something else"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_site")).args(arguments).output();
        let output = output.expect("cargo test builds it");
        let said = String::from_utf8_lossy(&output.stderr);
        let told = (output.status.code(), said.lines().count());
        assert_eq!(told, (Some(2), 1), "{arguments:?}: {said}");
        assert!(said.contains(wanted), "no {wanted:?} in: {said}");
    }
    assert_eq!(std::fs::read_to_string(file).expect("it is there still"), "mine");
}
