//! A topic's quiz, held to its own answers.

use std::ops::Range;

/// What a quiz printed of one question, under one answer.
#[derive(Debug)]
struct Asked {
    /// The question, without what was answered.
    text: String,
    right: bool,
    /// The letter that was named as the right one, if the answer was not.
    named: Option<String>,
    /// What was told as the reason.
    proof: String,
}

/// Asserts that of the choices of every question of a quiz exactly one is judged to be right, each by
/// running the model, and that this is the one that is named to whoever chooses another. `arguments`
/// choose the quiz (`["quiz"]`, or `["lock-order", "--quiz"]`), each of the seeds a sitting of it;
/// returns how many questions these were.
///
/// # Panics
/// If a question has another number of right choices, a line of a screen is longer than 80 columns,
/// or the quiz asks nothing.
pub fn every_question_has_one_true_choice(
    binary: &str,
    arguments: &[&str],
    seeds: Range<u64>,
) -> usize {
    let mut count = 0;
    for seed in seeds {
        let seed = seed.to_string();
        let sat = ["a", "b", "c", "d"].map(|letter| {
            let answers = [letter; 5].join(",");
            let given = [arguments, &["--width", "80", "--seed", &seed, "--answer", &answers]];
            (letter, asked(&crate::fits(&crate::run(binary, &given.concat()), "80")))
        });
        let questions = sat[0].1.len();
        assert!(questions > 0, "seed {seed}: nothing is asked");
        for number in 0..questions {
            let of_each = sat.each_ref().map(|(letter, asked)| (*letter, &asked[number]));
            let (_, first) = of_each[0];
            let right: Vec<_> = of_each
                .iter()
                .filter(|(_, asked)| asked.right)
                .map(|(letter, _)| *letter)
                .collect();
            let [truth] = right.as_slice() else {
                panic!("seed {seed}: {right:?} are right of: {}", first.text);
            };
            for (letter, asked) in of_each {
                assert_eq!(asked.text, first.text, "seed {seed}: the questions are not the same");
                assert_eq!(asked.proof, first.proof, "seed {seed}: the proofs are not the same");
                let named = asked.named.as_deref();
                assert!(
                    asked.right || named == Some(truth),
                    "seed {seed}: {letter} is answered by {named:?}, not {truth}: {}",
                    first.text
                );
            }
        }
        count += questions;
    }
    count
}

/// Reads the questions that a quiz printed.
fn asked(screen: &str) -> Vec<Asked> {
    let (screen, _) = screen.split_once("\nscore: ").expect("a quiz ends with a score");
    let one = |text: &str| {
        let (question, judged) = text.split_once(", q quits > ").expect("a question is answered");
        let told = judged.lines().find(|line| line.contains("right")).expect("it is judged");
        let named = told.split_once("it is ").and_then(|(_, rest)| rest.split_once(": "));
        let proof = judged.lines().find(|line| line.starts_with("  proof: "));
        Asked {
            text: question.to_owned(),
            right: told.starts_with("  right: "),
            named: named.map(|(letter, _)| letter.to_owned()),
            proof: proof.expect("it is proved").to_owned(),
        }
    };
    screen.split("\nquestion ").skip(1).map(one).collect()
}
