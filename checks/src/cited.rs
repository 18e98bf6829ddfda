//! Looks up what a page names: lessons, variants, commands, benches, tests and files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::run;
use super::variants::Listed;

/// A page, and where what it names is looked for.
pub(super) struct Page<'a> {
    /// The page's text.
    pub(super) text: &'a str,
    /// The folder that its paths start from.
    pub(super) folder: &'a Path,
    /// The topic that it is of, with its binary.
    pub(super) topic: Option<(&'a str, &'a str)>,
    /// The topic's variants.
    pub(super) variants: &'a [Listed],
}

impl Page<'_> {
    /// Returns what the page names and nobody has, a line each.
    ///
    /// # Panics
    /// If the sources cannot be read.
    pub(super) fn dangling(&self) -> Vec<String> {
        let root = root_above(self.folder);
        let sources = Sources::read(&root);
        let mut missing = BTreeSet::new();
        for command in commands(self.text) {
            if let Some(why) = self.check_command(&command, &root, &sources) {
                missing.insert(format!("{command}: {why}"));
            }
        }
        for code in code_spans(self.text) {
            // A test is named as a sentence, by `fn` or to a macro; what has fewer words is some
            // function.
            let sentence = !code.starts_with('_')
                && code.split('_').count() > 4
                && code
                    .chars()
                    .all(|sign| sign == '_' || sign.is_ascii_lowercase() || sign.is_ascii_digit());
            if sentence && !sources.text.contains(&code) {
                missing.insert(format!("{code}: no such test"));
            }
            let file = [".rs", ".py", ".toml", ".svg"].iter().any(|end| code.ends_with(end))
                && code.contains('/');
            if file && !code.contains([' ', '*', '<', '$', '…']) && !self.is_there(&code, &root) {
                missing.insert(format!("{code}: no such file"));
            }
            if let (Some((lesson, _)), Some((topic, _))) = (code.split_once(" --"), self.topic)
                && self.variants.iter().any(|known| known.lesson == lesson)
                && let Some(why) =
                    self.check_command(&format!("cargo run -p {topic} -- {code}"), &root, &sources)
            {
                missing.insert(format!("{code}: {why}"));
            }
        }
        for link in links(self.text).filter(|link| !link.contains(':') && !link.starts_with('#')) {
            let path = link.split('#').next().unwrap_or(&link).to_owned();
            if !self.folder.join(&path).exists() {
                missing.insert(format!("{link}: no such file"));
            }
        }
        missing.into_iter().collect()
    }

    fn is_there(&self, path: &str, root: &Path) -> bool {
        let folders = [
            self.folder.to_owned(),
            self.folder.join("src"),
            self.folder.join("tests/it"),
            root.to_owned(),
        ];
        let folders = folders
            .iter()
            .chain([&root.join("bench"), &root.join("bench/benches")])
            .cloned()
            .collect::<Vec<_>>();
        // The workspace's own pages speak of any topic's files.
        let any = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
        let any: Vec<_> = any.filter(|_| self.topic.is_none()).collect();
        let there =
            |path: &String| folders.iter().chain(&any).any(|folder| folder.join(path).exists());
        alternatives(path).iter().all(there)
    }

    /// Returns what is wrong with a command, if something is.
    fn check_command(&self, command: &str, root: &Path, sources: &Sources) -> Option<String> {
        let words: Vec<&str> = command.split_whitespace().collect();
        let after = |option: &str| {
            words.iter().position(|word| *word == option).and_then(|at| words.get(at + 1)).copied()
        };
        let given: Vec<&str> =
            words.iter().skip_while(|word| **word != "--").skip(1).copied().collect();
        match words.get(1).copied()? {
            "run" => {
                let package = after("-p")?;
                if !root.join(package).join("Cargo.toml").exists() {
                    return Some("no such package".into());
                }
                if words.contains(&"--example") || ["bench", "site"].contains(&package) {
                    return None;
                }
                if let Some((topic, binary)) = self.topic
                    && topic == package
                {
                    return refused(binary, self.variants, &given);
                }
                // A subcommand of every topic.
                let lesson =
                    given.first().filter(|first| !first.starts_with('-') && **first != "quiz")?;
                let known = Sources::lessons(root, package);
                if !known.iter().any(|known| known == lesson) {
                    return Some(format!("{package} has no lesson {lesson}"));
                }
                // Some variants are named by a function that several lessons share.
                let variant = after("--variant")?;
                let mut source = String::new();
                append(&root.join(package).join("src"), &mut source);
                (!source.contains(&format!("\"{variant}\"")))
                    .then(|| format!("{lesson} has no variant {variant}"))
            }
            "bench" => {
                let bench = after("--bench")?;
                let package =
                    std::fs::read_to_string(root.join("bench/Cargo.toml")).unwrap_or_default();
                if !package.contains(&format!("name = \"{bench}\"\nharness")) {
                    return Some("no such bench".into());
                }
                let filter = given.iter().find(|word| !word.starts_with('-'))?;
                let known = filter.split('/').all(|part| sources.benches.contains(part));
                (!known).then(|| format!("no bench names {filter}"))
            }
            "test" => {
                let package = after("-p");
                let there =
                    package.is_none_or(|package| root.join(package).join("Cargo.toml").exists());
                if !there {
                    return Some("no such package".into());
                }
                let name = words[2..].iter().find(|word| word.contains('_'))?;
                (!sources.text.contains(name.rsplit("::").next().unwrap_or(name)))
                    .then(|| "no such test".into())
            }
            _ => None,
        }
    }
}

/// Returns why a topic's binary does not take these arguments, if it does not. Where there is more
/// than a lesson and a variant that are known, the binary is asked; it runs nothing.
fn refused(binary: &str, variants: &[Listed], given: &[&str]) -> Option<String> {
    let mut asked = Vec::new();
    let mut given = given.iter();
    while let Some(word) = given.next() {
        match *word {
            // These and `--list` are refused together.
            "--explore" | "--play" | "--quiz" | "quiz" | "--python" | "--weaken" => {}
            "--trace" | "--schedule" | "--answer" | "--progress" => drop(given.next()),
            // In a sentence on what may be given.
            word if word.chars().all(|sign| sign.is_ascii_uppercase()) => {
                asked.pop().into_iter().for_each(drop);
            }
            word => asked.push(word),
        }
    }
    let known = |it: &Listed| match asked[..] {
        [lesson] => it.lesson == lesson,
        [lesson, "--variant", variant] => it.lesson == lesson && it.variant == variant,
        _ => asked.is_empty(),
    };
    if variants.iter().any(known) {
        return None;
    }
    asked.push("--list");
    let output = run(binary, &asked);
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    // A sentence may speak of an option without a value.
    (!output.status.success() && !said.contains("a value is required for")).then_some(said)
}

struct Sources {
    /// All sources of all packages.
    text: String,
    /// Those of the benches, with what is said of them.
    benches: String,
}

impl Sources {
    fn read(root: &Path) -> Self {
        let mut sources = Self { text: String::new(), benches: String::new() };
        for package in std::fs::read_dir(root).expect("the workspace can be read").flatten() {
            for folder in ["src", "tests", "benches", "examples"] {
                append(&package.path().join(folder), &mut sources.text);
            }
        }
        append(&root.join("bench/benches"), &mut sources.benches);
        sources.benches +=
            &std::fs::read_to_string(root.join("bench/aims.toml")).unwrap_or_default();
        sources
    }

    /// Returns a topic's lessons, by the names that its sources give them.
    fn lessons(root: &Path, topic: &str) -> Vec<String> {
        let mut text = String::new();
        append(&root.join(topic).join("src/lessons"), &mut text);
        let after = text.split("Lesson::new(").skip(1);
        after.filter_map(|rest| rest.split('"').nth(1)).map(str::to_owned).collect()
    }
}

pub(crate) fn append(folder: &Path, text: &mut String) {
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
    {
        if path.is_dir() {
            append(&path, text);
        } else {
            *text += &std::fs::read_to_string(&path).unwrap_or_default();
        }
    }
}

fn root_above(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors();
    let is_root = |folder: &&Path| folder.join("Cargo.lock").exists();
    above.find(is_root).expect("a page lies in the workspace").to_owned()
}

/// Writes `src/{a,b}.rs` as two paths.
pub fn alternatives(path: &str) -> Vec<String> {
    match path.split_once('{').and_then(|(first, rest)| Some((first, rest.split_once('}')?))) {
        Some((first, (names, last))) => {
            names.split(',').map(|name| format!("{first}{}{last}", name.trim())).collect()
        }
        None => vec![path.to_owned()],
    }
}

/// Finds `cargo run`, `cargo bench` and `cargo test` with their arguments, up to the end of the
/// line or of the code.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (line, is_code) in lines(text) {
        let parts: Vec<&str> =
            if is_code { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
        for part in parts {
            for start in ["cargo run ", "cargo bench ", "cargo test "] {
                if let Some(at) = part.find(start) {
                    let end = part[at..]
                        .find(['|', '#', '>', '[', '…', ';', '&'])
                        .map_or(part.len(), |end| at + end);
                    found.push(part[at..end].trim().to_owned());
                }
            }
        }
    }
    found
}

/// Returns each line of a page, and whether it lies in a block of code.
fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().scan(false, |within, line| {
        let fence = line.starts_with("```");
        *within ^= fence;
        Some((line, *within && !fence))
    })
}

fn code_spans(text: &str) -> Vec<String> {
    let spans =
        |line: &str| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    lines(text).filter(|(_, is_code)| !is_code).flat_map(|(line, _)| spans(line)).collect()
}

fn links(text: &str) -> impl Iterator<Item = String> {
    let prose = lines(text).filter(|(_, is_code)| !is_code).map(|(line, _)| line);
    prose
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
}
