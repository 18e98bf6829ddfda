//! The page of a lesson: its positions are those of the model, and what is in it stays text.

use std::io::{Read, Seek};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use serde_json::Value;

use super::your_turn::example;

fn page(lesson: &str) -> (Output, String) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (process, number) = (std::process::id(), NEXT.fetch_add(1, Relaxed));
    let folder = std::env::temp_dir().join(format!("stage-page-{process}-{number}"));
    std::fs::create_dir_all(&folder).expect("there is room for a folder");
    let file = folder.join("page.html");
    let output = Command::new(example()).args([lesson, "--page"]).arg(&file).output();
    let page = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::remove_dir_all(&folder).expect("it was made here");
    (output.expect("cargo test -p stage builds the example"), page)
}

fn data(page: &str) -> Value {
    let (_, rest) = page.split_once(r#"id="data">"#).expect("the data stand in the page");
    let (data, _) = rest.split_once("</script>").expect("they end");
    serde_json::from_str(data).expect("they are JSON")
}

#[test]
fn every_position_of_the_page_is_one_of_the_model_and_ends_as_it_does() {
    let (output, page) = page("overdraft");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let data = data(&page);
    for variant in data["variants"].as_array().expect("there are variants") {
        let name = variant["name"].as_str().expect("it has a name");
        let nodes = variant["nodes"].as_array().expect("there are positions");
        let mut ends = 0;
        // A walk to each end, by the first move that was not made at each position.
        let mut todo = vec![(0, variant["begin"].as_str().expect("it has a beginning").to_owned())];
        let mut seen = vec![false; nodes.len()];
        while let Some((at, schedule)) = todo.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            let [_, moves, end] = nodes[at].as_array().expect("a position").as_slice() else {
                panic!("a position is its threads, its moves and its end");
            };
            for step in moves.as_array().expect("there are moves") {
                let to = usize::try_from(step[2].as_u64().expect("a number")).expect("a small one");
                todo.push((to, format!("{schedule}{}", step[1].as_str().expect("choices"))));
            }
            let Some(end) = end.as_array() else { continue };
            ends += 1;
            let replayed = Command::new(example())
                .args(["overdraft", "--variant", name, "--schedule", &schedule])
                .output()
                .expect("cargo test -p stage builds the example");
            let said = String::from_utf8_lossy(&replayed.stdout).into_owned();
            let wanted =
                if end[0] == 1 { "all finished" } else { "the balance came out as -60, not 20" };
            assert!(said.contains(wanted), "{name} {schedule}: no {wanted:?} in {said}");
        }
        assert!(seen.iter().all(|seen| *seen), "{name}: a position that no move leads to");
        assert!(ends > 1, "{name}: there are several ends");
    }
}

#[test]
fn a_page_to_standard_output_is_the_page_and_nothing_else() {
    let output = Command::new(example()).args(["overdraft", "--page", "-"]).output();
    let output = output.expect("cargo test -p stage builds the example");
    let page = String::from_utf8(output.stdout).expect("it is text");
    assert!(output.status.success() && page.starts_with("<!doctype html>"), "{page}");
    assert!(page.ends_with("</html>\n") && !std::path::Path::new("-").exists());
    assert_eq!(data(&page)["lesson"], "overdraft");
}

#[test]
fn the_page_asks_nothing_of_a_network() {
    let (_, page) = page("overdraft");
    assert!(page.contains("default-src 'none'"), "nothing is loaded from elsewhere");
    // What an element of a picture is called by is no address.
    let page = page.replace("\"http://www.w3.org/2000/svg\"", "");
    assert!(!page.contains("http://") && !page.contains("https://"), "no address of another place");
}

/// A process that writes more than its limit is killed by a signal in the middle of the write.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_killed_while_it_writes_leaves_what_was_there_and_no_other_file() {
    use std::os::unix::process::ExitStatusExt;

    use rustix::fs::{Mode, OFlags, open};

    let folder = std::env::temp_dir().join(format!("stage-killed-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    let flags = OFlags::WRONLY | OFlags::TMPFILE;
    if let Err(error) = open(&folder, flags, Mode::RUSR | Mode::WUSR) {
        eprintln!(
            "no run is killed while it writes: a file without a name is not to be had ({error})"
        );
        return std::fs::remove_dir(&folder).expect("it was made here");
    }
    let found = |name: &str, before: Option<&str>| {
        let file = folder.join(name);
        if let Some(before) = before {
            std::fs::write(&file, before).expect("there is room");
        }
        let mut limited = Command::new("sh");
        limited.args(["-c", r#"ulimit -c 0; ulimit -f 1; exec "$@""#, "sh"]).arg(example());
        let output = limited.args(["overdraft", "--page"]).arg(&file).output().expect("a shell");
        assert_eq!(
            output.status.signal(),
            Some(rustix::process::Signal::XFSZ.as_raw()),
            "{output:?}"
        );
        let left = std::fs::read_dir(&folder).expect("it was made here").flatten();
        let left: Vec<_> = left.map(|entry| std::fs::read_to_string(entry.path()).ok()).collect();
        let _ = std::fs::remove_file(&file);
        left
    };
    let left = [found("new.html", None), found("old.html", Some("the old one"))];
    std::fs::remove_dir_all(&folder).expect("it was made here");
    assert_eq!(left, [vec![], vec![Some("the old one".to_owned())]]);
}

#[test]
fn a_page_takes_the_place_of_an_old_one_and_of_what_a_link_leads_to() {
    let folder = std::env::temp_dir().join(format!("stage-replaced-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    let (old, link) = (folder.join("old.html"), folder.join("link.html"));
    std::fs::write(&old, "the old one").expect("there is room");
    std::os::unix::fs::symlink(&old, &link).expect("there is room");
    let output = Command::new(example()).args(["overdraft", "--page"]).arg(&link).output();
    let output = output.expect("cargo test -p stage builds the example");
    let is_link = link.symlink_metadata().is_ok_and(|link| link.is_symlink());
    let page = std::fs::read_to_string(&old).unwrap_or_default();
    let left = std::fs::read_dir(&folder).expect("it was made here").count();
    std::fs::remove_dir_all(&folder).expect("it was made here");
    assert!(output.status.success() && page.starts_with("<!doctype html>"), "{output:?}");
    assert_eq!((is_link, left), (true, 2));
}

#[test]
fn a_link_that_leads_to_no_name_is_written_through_and_stays() {
    let folder = std::env::temp_dir().join(format!("stage-links-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    let (page, new) = (folder.join("page.html"), folder.join("new.html"));
    let to_page = |link: &str, to: &std::path::Path, out: Stdio| {
        let link = folder.join(link);
        std::os::unix::fs::symlink(to, &link).expect("there is room");
        let mut command = Command::new(example());
        let status = command.args(["overdraft", "--page"]).arg(&link).stdout(out).status();
        assert!(status.expect("cargo test -p stage builds the example").success());
        link.symlink_metadata().is_ok_and(|link| link.is_symlink())
    };
    let mut options = std::fs::File::options();
    let mut open = options.read(true).append(true).create_new(true).open(&page).expect("room");
    std::fs::remove_file(&page).expect("it was made here");
    let out = open.try_clone().expect("there is a descriptor left");
    let stay = [
        to_page("open", "/dev/stdout".as_ref(), out.into()),
        to_page("dangling", &new, Stdio::null()),
    ];
    let mut pages = [String::new(), std::fs::read_to_string(&new).unwrap_or_default()];
    open.rewind().and_then(|()| open.read_to_string(&mut pages[0])).expect("it is open");
    std::fs::remove_dir_all(&folder).expect("it was made here");
    assert_eq!(stay, [true, true]);
    assert_eq!(pages.map(|page| page.starts_with("<!doctype html>")), [true, true]);
}

#[test]
fn a_pipe_gets_the_page() {
    let mut command = Command::new(example());
    command.args(["overdraft", "--page", "/dev/stdout"]);
    let ended = kit::child::output(&mut command, Duration::from_secs(30)).expect("it ends");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(said.starts_with("<!doctype html>") && said.contains("</html>\n"), "{said}");
}

#[test]
fn a_page_that_cannot_be_written_is_refused_in_a_line() {
    for (arguments, wanted) in [
        (&["overdraft", "--page", "/no/such/folder/page.html"][..], "cannot be written"),
        (&["overdraft", "--page", "/proc/page.html"], "cannot be written"),
        (&["overdraft", "--page", "/"], "cannot be written"),
        (&["overdraft", "--trace", "/proc/trace.json"], "cannot be written"),
        (&["overdraft", "--trace", "no-such-folder/"], "cannot be written"),
        (&["overdraft", "--trace", &"x".repeat(300)], "cannot be written"),
        (&["overdraft", "--page", "page.html", "--play"], "cannot be used with"),
    ] {
        let output = Command::new(example()).args(arguments).output().expect("it is built");
        checks::refused(&output, wanted);
    }
}
