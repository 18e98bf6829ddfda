//! What a help offers, and how it and a tour are laid out: the same for each lesson of each topic.

use checks::{fits, offers, refused};

use super::your_turn::example;

/// The options of the lenses, each with a value where it takes one.
const LENSES: [&str; 12] = [
    "--explore",
    "--schedules 5",
    "--seed 5",
    "--schedule 0",
    "--source",
    "--play",
    "--page -",
    "--quiz",
    "--answer a",
    "--progress /no/such/file",
    "--weaken",
    "--python",
];

/// Runs an example; `given` is its name and its arguments.
fn run(given: &str) -> std::process::Output {
    let mut words = given.split(' ');
    let binary = example().with_file_name(words.next().expect("it is named"));
    checks::run(binary.to_str().expect("its path is text"), &words.collect::<Vec<_>>())
}

#[test]
fn a_lens_that_the_help_of_a_lesson_does_not_offer_is_refused_in_a_line_that_names_it() {
    for (lesson, lacks) in
        [("scripted none", 12), ("scripted says", 11), ("your_turn overdraft", 2)]
    {
        let help = fits(&run(&format!("{lesson} --help --width 80")), "80");
        let option = |lens: &str| lens.split(' ').next().unwrap_or_default().to_owned();
        let lacking = LENSES.map(|lens| (lens, option(lens)));
        let lacking: Vec<_> =
            lacking.into_iter().filter(|(_, option)| !offers(&help, option)).collect();
        assert_eq!(lacking.len(), lacks, "{help}");
        for (lens, option) in lacking {
            refused(&run(&format!("{lesson} {lens}")), &option);
        }
    }
}

#[test]
fn a_help_is_as_wide_as_it_is_told_to_be_and_the_wider_the_fewer_lines_it_has() {
    for of in ["your_turn", "your_turn quiz", "your_turn overdraft", "scripted", "scripted none"] {
        let lines = ["40", "80", "140"].map(|width| {
            fits(&run(&format!("{of} --help --width {width}")), width).lines().count()
        });
        assert!(lines.is_sorted_by(|narrow, wide| narrow >= wide), "{of}: {lines:?}");
    }
}

#[test]
fn a_tour_is_as_wide_as_it_is_told_to_be_with_the_names_of_a_lessons_variants_in_one_column() {
    let tour = fits(&run("your_turn --width 40"), "40");
    let outcomes = |name: &str| tour.lines().find_map(|line| line.strip_prefix(name));
    let columns = [("  check-then-act", "breaks"), ("  in-one-step", "holds")]
        .map(|(name, outcome)| Some(name.len() + outcomes(name)?.find(outcome)?));
    assert!(columns[0].is_some() && columns[0] == columns[1], "{tour}");
    fits(&run("quizzed --width 40"), "40");
}
