//! A topic's weakened lines, held to what the three lenses say of them.

/// A weakened line, and the lens that was named as the first to notice it.
#[derive(Debug)]
pub struct Weakened {
    /// The mutant's name.
    pub name: String,
    /// The letter of the true choice: this machine, Shuttle, Loom, or none of them.
    pub first: char,
    /// Whether this machine, Shuttle and Loom saw the test fail.
    pub fails: [bool; 3],
}

/// Runs `--weaken` of some lessons, and asserts of each of their mutants that its line was found in
/// the source, and that the one choice that is named is what the three lenses say below it. Returns
/// the mutants.
///
/// # Panics
/// If a choice and the lenses disagree, or a lesson has no mutant or more than a sitting asks about.
pub fn who_notices(binary: &str, lessons: &[&str]) -> Vec<Weakened> {
    lessons.iter().flat_map(|lesson| of_lesson(binary, lesson)).collect()
}

fn of_lesson(binary: &str, lesson: &str) -> Vec<Weakened> {
    let arguments = [lesson, "--weaken", "--width", "80", "--answer", "d,d,d,d,d"];
    let screen = crate::fits(&crate::run(binary, &arguments), "80");
    let title = screen.lines().next().expect("it has a title");
    let all: Vec<usize> =
        title.split([' ', ',']).filter_map(|word| word.parse().ok()).take(2).collect();
    assert!(all[0] > 0 && all[0] == all[1], "{title}: each mutant of a lesson is asked about");
    let questions: Vec<_> = screen.split("\nquestion ").skip(1).map(weakened).collect();
    assert_eq!(questions.len(), all[0], "{screen}");
    questions
}

fn weakened(text: &str) -> Weakened {
    let (head, rest) = text.split_once('\n').expect("a question has lines");
    let name = head.rsplit_once(", ").expect("it names the mutant").1.to_owned();
    let line = |begins: &str| {
        let line = rest.lines().find(|line| line.starts_with(begins));
        line.unwrap_or_else(|| panic!("no {begins:?} in: {text}"))
    };
    assert_ne!(&line("  - ")[4..], &line("  + ")[4..], "the weakened line is another one");
    let lens = |begins| line(begins).contains(" fails in ");
    let fails = [lens("    this machine  "), lens("    Shuttle  "), lens("    Loom  ")];
    let first = match rest.split_once("not right, it is ") {
        Some((_, named)) => named.chars().next().expect("it names a letter"),
        None => {
            line("  right: ");
            'd'
        }
    };
    let is_first = ('a'..).zip(fails).find_map(|(letter, fails)| fails.then_some(letter));
    assert_eq!(first, is_first.unwrap_or('d'), "{text}");
    Weakened { name, first, fails }
}
