//! Looks for circles of modules: modules of a crate that use each other, directly or by others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Asserts that no two modules of a crate's `src` use each other, directly or by way of others. The
/// modules are those that stand beside `lib.rs`, with all that is below each; the lessons of the
/// binary are not looked at, for they use everything.
///
/// # Panics
/// If some do: with the modules of each circle.
pub fn no_circle_of_modules(folder: &Path) {
    let circles = circles(&uses(folder));
    assert!(circles.is_empty(), "these modules use each other: {}", circles.join("; "));
}

type Uses = BTreeMap<String, BTreeSet<String>>;

/// Returns the modules that each module names by a path from the root of its crate.
fn uses(folder: &Path) -> Uses {
    let src = folder.join("src");
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(&src).expect("a crate has a folder src").flatten() {
        let path = entry.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if ["main", "lib", "lessons", "bin"].contains(&stem.as_str()) {
            continue;
        }
        let text = texts.entry(stem).or_default();
        if path.is_dir() {
            crate::cited::append(&path, text);
        } else {
            *text += &std::fs::read_to_string(&path).unwrap_or_default();
        }
    }
    let lib = std::fs::read_to_string(src.join("lib.rs")).unwrap_or_default();
    let exported = exported(&lib);
    let names = |text: &str| {
        let code: String = text.lines().filter_map(|line| line.split("//").next()).collect();
        let mut names = BTreeSet::new();
        for rest in code.split("crate::").skip(1) {
            names.extend(if let Some(group) = rest.strip_prefix('{') {
                top_level(group)
            } else {
                vec![word(rest)]
            });
        }
        names
    };
    let module = |name: String| exported.get(&name).cloned().unwrap_or(name);
    let mut uses = Uses::new();
    for (own, text) in &texts {
        let used = names(text).into_iter().map(module);
        let used = used.filter(|name| name != own && texts.contains_key(name)).collect();
        uses.insert(own.clone(), used);
    }
    uses
}

/// Returns the module that each name comes from which the crate's root exports.
fn exported(lib: &str) -> BTreeMap<String, String> {
    let mut exported = BTreeMap::new();
    for rest in lib.split("pub use ").skip(1) {
        let statement = rest.split(';').next().unwrap_or_default();
        let Some((module, names)) = statement.split_once("::") else { continue };
        for name in names.trim_matches(['{', '}']).split(',') {
            exported.insert(word(name.trim()), module.trim().to_owned());
        }
    }
    exported
}

/// Returns the first name of each part of a group, which ends with its brace.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut part, mut names) = (1, String::new(), Vec::new());
    for sign in group.chars() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && sign == ',') {
            names.push(word(part.trim()));
            part.clear();
        } else {
            part.push(sign);
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect()
}

/// Returns the modules that lead back to themselves, a line for each set that is its own.
fn circles(uses: &Uses) -> Vec<String> {
    let reached = |from: &String| {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = todo.pop() {
            for next in uses.get(&module).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    todo.push(next.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&String, BTreeSet<String>> =
        uses.keys().map(|module| (module, reached(module))).collect();
    let circle = |module: &&String| {
        let back = all[module].iter().filter(|other| all[*other].contains(*module));
        back.cloned().collect::<Vec<_>>().join(" ")
    };
    let in_one = all.keys().filter(|module| all[**module].contains(**module));
    in_one.map(circle).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_through_groups_and_what_the_root_exports() {
        let uses = |pairs: &[(&str, &[&str])]| -> Uses {
            let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
            pairs.iter().map(|(name, names)| ((*name).to_owned(), own(names))).collect()
        };
        let one_way = uses(&[("a", &["b"]), ("b", &["c"]), ("c", &[])]);
        assert!(circles(&one_way).is_empty());
        let round = uses(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])]);
        assert_eq!(circles(&round), ["a b c"]);
        assert_eq!(top_level("a::{x, y}, b::z, c};"), ["a", "b", "c"]);
        assert_eq!(exported("pub use lane::{Lane, Held};")["Held"], "lane");
    }
}
