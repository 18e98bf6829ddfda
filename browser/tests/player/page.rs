//! The pages that are tested, and what a page shows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use browser::Browser;
use serde_json::{Value, json};

/// The binaries that pages are written by.
pub(crate) const LESSONS: [(&str, &str); 4] = [
    ("deadlock", "lock-order"),
    ("thread-safety", "lost-update"),
    ("locks", "semaphore"),
    ("examples/your_turn", "overdraft"),
];

/// A page in a browser.
pub(crate) struct Page {
    pub(crate) browser: Browser,
    pub(crate) binary: PathBuf,
    pub(crate) lesson: &'static str,
    pub(crate) data: Value,
    file: PathBuf,
    /// Two browsers at once are too many for a small machine.
    _turn: MutexGuard<'static, ()>,
}

/// Tells whether the page was painted twice since it was opened.
const PAINTED: &str = "if (window.painted === undefined) {
  window.painted = false;
  requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = true; }));
}
return window.painted;";

impl Page {
    /// Writes the page of a lesson and opens it.
    pub(crate) fn of((binary, lesson): (&str, &'static str)) -> Self {
        Self::edited((binary, lesson), |_| {})
    }

    /// Writes the page of a lesson, edits its data, and opens it.
    pub(crate) fn edited(
        (binary, lesson): (&str, &'static str),
        edit: impl FnOnce(&mut Value),
    ) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        build();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let file = folder.join(format!("player-{lesson}-{}.html", std::process::id()));
        let binary = folder.with_file_name("debug").join(binary);
        let written = Command::new(&binary).args([lesson, "--page"]).arg(&file).output();
        let written = written.expect("the binary was built");
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        let text = std::fs::read_to_string(&file).expect("the page was written");
        let (head, rest) = text.split_once(r#"id="data">"#).expect("the data stand in the page");
        let (data, tail) = rest.split_once("</script>").expect("they end");
        let mut data: Value = serde_json::from_str(data).expect("they are JSON");
        edit(&mut data);
        let edited = data.to_string().replace('<', "\\u003c");
        let text = format!(r#"{head}id="data">{edited}</script>{tail}"#);
        std::fs::write(&file, text).expect("it was written before");
        let browser = Browser::start().unwrap_or_else(|missing| panic!("{missing}"));
        let page = Self { browser, binary, lesson, data, file, _turn: turn };
        page.open("");
        page
    }

    /// Opens the page at what follows `#` in its address.
    pub(crate) fn open(&self, place: &str) {
        // From one place of a page to another nothing is loaded.
        self.browser.open("about:blank").expect("an empty page opens");
        let file = self.file.display();
        self.browser.open(&format!("file://{file}#{place}")).expect("the page opens");
        // A key that is pressed before the page is painted is lost: it may go to the page before.
        let until = Instant::now() + Duration::from_secs(60);
        while self.run(PAINTED) != Value::Bool(true) {
            assert!(Instant::now() < until, "the page is not painted");
        }
    }

    /// Runs the body of a function in the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.browser.run(script).unwrap_or_else(|thrown| panic!("{thrown}"))
    }

    /// Returns what the page shows.
    pub(crate) fn shown(&self) -> Shown {
        let value = self.run(SHOWN);
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let list = |name: &str| {
            let list = value[name].as_array().cloned().unwrap_or_default();
            list.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
        };
        Shown {
            place: text("place"),
            end: text("end"),
            ahead: text("ahead"),
            command: text("command"),
            moves: list("moves"),
            steps: list("steps"),
        }
    }

    /// Asserts that the console is empty and that nothing but the file was asked for.
    pub(crate) fn is_quiet(&self) {
        let console = self.browser.console().expect("the browser keeps a log");
        assert!(console.is_empty(), "the console has got {console:?}");
        let asked = self.run(
            "const asked = ['resource', 'navigation'];
             const all = performance.getEntries();
             const entries = all.filter((one) => asked.includes(one.entryType));
             return entries.map((one) => one.name.split('#')[0]);",
        );
        assert_eq!(asked, json!([format!("file://{}", self.file.display())]));
    }

    /// Returns the variants in the page's data.
    pub(crate) fn variants(&self) -> &[Value] {
        self.data["variants"].as_array().expect("there are variants")
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

/// What a page shows.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    /// What follows `#` in its address.
    pub(crate) place: String,
    pub(crate) end: String,
    pub(crate) ahead: String,
    pub(crate) command: String,
    /// The buttons that make a move.
    pub(crate) moves: Vec<String>,
    /// The moves so far: the thread, what it did, and where.
    pub(crate) steps: Vec<String>,
}

const SHOWN: &str = include_str!("shown.js");

/// A page is what the model checker makes of a lesson.
const EXPLORER: &str = "--features=stage/explore";

/// Builds the binaries, once; not where the tests of all topics have built them just now, with the
/// features of the whole workspace.
fn build() {
    if std::env::var_os("BINARIES_ARE_BUILT").is_some() {
        return;
    }
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        for arguments in [
            &["-p", "deadlock", "-p", "thread-safety", "-p", "locks", "--bins", EXPLORER][..],
            &["-p", "stage", "--example", "your_turn"],
        ] {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--locked"]).args(arguments);
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let built = cargo.current_dir(root).status();
            assert!(built.is_ok_and(|built| built.success()), "cargo build {arguments:?}");
        }
    });
}
