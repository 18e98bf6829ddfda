//! The quiz about code of one's own: every question has one true choice, and it is what the other
//! lenses show.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::your_turn::example;

pub(super) fn quiz(arguments: &[&str], typed: &str) -> Output {
    let mut command = Command::new(example());
    command.args(arguments).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().expect("cargo test -p stage builds the example");
    // A request that is refused reads nothing.
    let _ = run.stdin.take().expect("it is piped").write_all(typed.as_bytes());
    run.wait_with_output().expect("it ends")
}

pub(super) fn shown(arguments: &[&str], typed: &str) -> String {
    let output = quiz(arguments, typed);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    checks::fits(&output, "80")
}

/// A question as it was asked and answered by some letter.
struct Question {
    asks: String,
    /// The text of the choice that is right.
    truth: String,
    choices: Vec<String>,
    /// The arguments of the command that proves it.
    proof: Vec<String>,
}

/// Returns the questions of a sitting in which every answer is `d`.
fn questions(seed: u64) -> Vec<Question> {
    let seed = seed.to_string();
    let screen = shown(&["overdraft", "--quiz", "--seed", &seed, "--answer", "d,d,d,d,d"], "");
    let one = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let choice =
            |line: &&&str| line.find(|it| it != ' ') == Some(4) && line.get(5..7) == Some("  ");
        let choices: Vec<_> =
            lines.iter().filter(choice).map(|line| line[4..].to_owned()).collect();
        let first = lines.iter().position(|line| choice(&line)).expect("there are choices");
        let asks = lines[..first].iter().rev().take_while(|line| !line.is_empty());
        let asks = asks.map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let right = match text.split_once("not right, it is ") {
            Some((_, rest)) => &rest[..1],
            None => "d",
        };
        let truth = choices.iter().find(|choice| choice.starts_with(right)).expect("it is one");
        let proof = lines.iter().find_map(|line| line.split_once(" -- "));
        let proof = proof.expect("it is proved").1.split(' ').map(str::to_owned).collect();
        Question { asks, truth: truth[3..].to_owned(), choices, proof }
    };
    screen.split("\nquestion ").skip(1).map(one).collect()
}

fn run(arguments: &[String], typed: &str) -> String {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    String::from_utf8_lossy(&quiz(&arguments, typed).stdout).into_owned()
}

/// Returns what `--explore` counts of the schedules that differ: how many, how many finish.
fn counted(screen: &str) -> (usize, usize) {
    let line = screen.lines().find(|line| line.contains("that differ  ")).expect("it is counted");
    let numbers: Vec<usize> =
        line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1])
}

#[test]
fn exactly_one_choice_of_every_question_is_true() {
    let binary = example();
    let binary = binary.to_str().expect("the example's path is text");
    let asked = checks::every_question_has_one_true_choice(binary, &["overdraft", "--quiz"], 1..6);
    assert_eq!(asked, 25, "five a sitting");
    assert_eq!(checks::every_question_has_one_true_choice(binary, &["quiz"], 1..2), 5);
}

#[test]
fn the_true_choice_is_what_the_other_lenses_show() {
    let mut seen = [0; 6];
    for question in (1..11).flat_map(questions) {
        let Question { asks, truth, choices, proof } = &question;
        let screen = run(proof, "q\n");
        let kind = if asks.starts_with("Does it hold") {
            let wanted = match counted(&screen) {
                (all, finish) if all == finish => "it holds in all of its schedules",
                (_, 0) => "it fails in all of its schedules",
                _ => "it fails in some of its schedules",
            };
            assert_eq!(truth, wanted, "{screen}");
            0
        } else if asks.starts_with("How many") {
            assert_eq!(truth, &counted(&screen).0.to_string(), "{screen}");
            1
        } else if asks.starts_with("Which threads can move") {
            // A thread that can move is offered as a move, with a number.
            let can = ["t1", "t2"].map(|name| offered(&screen, name));
            let wanted = match can {
                [true, true] => "t1 and t2",
                [true, false] => "only t1",
                [false, true] => "only t2",
                [false, false] => "no thread",
            };
            assert_eq!(truth, wanted, "{screen}");
            2
        } else if asks.starts_with("What comes next") {
            let can = ["t1", "t2"].map(|name| offered(&screen, name));
            let wanted = match can {
                [true, true] => "t1 and t2 can move next",
                [true, false] => "only t1 can move next",
                [false, true] => "only t2 can move next",
                [false, false] if screen.contains("all have finished") => "all threads finish",
                [false, false] => "the run fails",
            };
            assert_eq!(truth, wanted, "{screen}");
            3
        } else if asks.starts_with("Which schedule has failed") {
            assert_eq!(choices.len(), 4, "{asks}");
            assert!(screen.contains("the balance came out as -60, not 20"), "{screen}");
            4
        } else {
            assert!(asks.contains("the least and the greatest"), "{asks}");
            let broken = screen.contains("-60: ");
            let wanted = if broken { "least -60, greatest 20" } else { "always 20" };
            assert_eq!(truth, wanted, "{screen}");
            5
        };
        seen[kind] += 1;
    }
    assert!(seen.iter().all(|count| *count > 3), "not every kind is asked: {seen:?}");
}

fn offered(screen: &str, thread: &str) -> bool {
    let (first, _) = screen.split_once(", q quits > ").unwrap_or((screen, ""));
    let is_move = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|number| number == "1" || number == "2")
            && words.next() == Some(thread)
    };
    first.lines().any(is_move)
}

#[test]
fn the_same_seed_asks_the_same_and_another_one_others() {
    // The title and the last line name the seed.
    let questions = |seed| {
        let said = shown(&["quiz", "--seed", seed, "--answer", "a,a,a,a,a"], "");
        let (_, questions) = said.split_once("\nquestion ").expect("something is asked");
        questions.split_once("\nscore: ").expect("a score ends it").0.to_owned()
    };
    assert_eq!(questions("4"), questions("4"));
    assert_ne!(questions("4"), questions("5"));
}

#[test]
fn the_end_of_input_and_q_end_a_sitting_with_a_score() {
    let said = shown(&["overdraft", "--quiz"], "");
    assert!(said.contains("score: 0 of 0 right, the last question was not answered"), "{said}");
    let said = shown(&["overdraft", "--quiz"], "a\nq\n");
    assert!(said.contains(" of 1 right, the last question was not answered"), "{said}");
    assert_eq!(said.matches("proof:  cargo run").count(), 1, "{said}");
}

#[test]
fn standard_input_that_cannot_be_read_ends_a_sitting_and_a_game() {
    for lens in ["--quiz", "--play"] {
        // A folder can be opened, and not be read.
        let folder = std::fs::File::open("/").expect("it can be opened");
        let mut command = Command::new(example());
        command.args(["overdraft", lens]).stdin(folder).stdout(Stdio::piped());
        let mut run = command.spawn().expect("cargo test -p stage builds the example");
        // One that asks for ever has a closed pipe after this, and ends by it.
        let mut said = String::new();
        let screen = run.stdout.take().expect("it is piped");
        screen.take(10_000).read_to_string(&mut said).expect("it is text");
        assert!(run.wait().expect("it ends").success() && said.lines().count() < 30, "{said}");
    }
}

#[test]
fn what_is_no_text_is_no_answer() {
    let mut command = Command::new(example());
    command.args(["overdraft", "--quiz"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut run = command.spawn().expect("cargo test -p stage builds the example");
    let mut stdin = run.stdin.take().expect("it is piped");
    stdin.write_all(b"\xff\xfe\na\nq\n").expect("the pipe has room");
    drop(stdin);
    let said = checks::fits(&run.wait_with_output().expect("it ends"), "80");
    assert!(said.contains("'' is no answer") && said.contains(" of 1 right"), "{said}");
}

#[test]
fn a_line_longer_than_anybody_types_is_the_end_of_input() {
    // Read to its end, that of /dev/zero would take all memory.
    let endless = [vec![b'1'; 100_000], b"\na\n1\n".to_vec()].concat();
    for lens in ["--quiz", "--play"] {
        let mut command = Command::new(example());
        command.args(["overdraft", lens]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut run = command.spawn().expect("cargo test -p stage builds the example");
        let mut stdin = run.stdin.take().expect("it is piped");
        // The run may end before it has read all.
        let _ = stdin.write_all(&endless);
        drop(stdin);
        let output = run.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.len() < 10_000, "{} bytes", said.len());
        assert!(!said.contains("proof:") && !said.contains("1 step"), "{said}");
    }
}

#[test]
fn a_wrong_word_is_one_line_and_the_question_is_still_asked() {
    let said = shown(&["overdraft", "--quiz"], "x\n\n7\nA\nq\n");
    for wanted in ["'x' is no answer", "'' is no answer", "'7' is no answer", " of 1 right"] {
        assert!(said.contains(wanted), "no {wanted:?} in: {said}");
    }
}

#[test]
fn a_request_that_is_wrong_is_refused_in_a_line() {
    for (arguments, wanted) in [
        (&["quiz", "--explore"][..], "--explore does not go with a quiz"),
        (&["quiz", "--play"], "--play does not go with a quiz"),
        (&["overdraft", "--quiz", "--schedule", "00"], "--schedule does not go with a quiz"),
        (&["overdraft", "--quiz", "--schedules", "9"], "--schedules does not go with a quiz"),
        (&["quiz", "--weaken"], "--weaken does not go with a quiz"),
        (&["--weaken"], "--weaken works with no lesson of this topic"),
        (&["overdraft", "--weaken", "--progress", "x"], "cannot be used with"),
        (&["overdraft", "--weaken", "--answer", "a"], "no line of overdraft is weakened"),
        (&["quiz", "--trace", "x"], "--trace does not go with a quiz"),
        (&["quiz", "--quiz"], "leave one of them out"),
        (&["quiz", "--answer", "e"], "a letter from a to d"),
        (&["quiz", "--answer", "a,,b"], "a letter from a to d"),
        (&["quiz", "--answer", "a,a,a,a,a,a"], "a quiz has 5 questions"),
        (&["quiz", "--seed", "x"], "it is no whole number"),
        (&["overdraft", "--answer", "a"], "go with --quiz"),
        (&["overdraft", "--progress", "x"], "go with --quiz"),
        (&["quiz", "--progress", "-"], "needs a file: name one"),
        (&["quiz", "--progress", "/"], "not a regular file"),
        (&["quiz", "--progress", "/no/such/folder/file"], "cannot be read and written"),
    ] {
        checks::refused(&quiz(arguments, ""), wanted);
    }
    assert!(!Path::new("x").exists(), "what is refused writes nothing");
}

#[test]
fn a_quiz_of_all_lessons_ends_with_a_question_whose_answer_is_folded() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quiz-card");
    std::fs::create_dir_all(folder.join("quizzed")).expect("there is room");
    let readme = "# A topic\n\n## Asked in interviews\n\n*Is it [so](x)?* It is.\n";
    std::fs::write(folder.join("quizzed/README.md"), readme).expect("there is room");
    let ends = |arguments: &[&str], typed: &str| {
        let mut command = Command::new(example().with_file_name("quizzed"));
        command.arg("quiz").args(arguments).current_dir(&folder).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut run = command.spawn().expect("cargo test -p stage builds the example");
        run.stdin.take().expect("it is piped").write_all(typed.as_bytes()).expect("there is room");
        let said = checks::fits(&run.wait_with_output().expect("it ends"), "80");
        said.split_once("say it aloud: ").expect("a card ends it").1.to_owned()
    };
    let prompt = "Is it so?\n  Enter unfolds the answer, q does not > \n";
    let answers = "a\n".repeat(5);
    for (typed, unfolds) in [("\n", true), ("q\n", false), ("", false)] {
        let said = ends(&[], &format!("{answers}{typed}"));
        let rest = said.strip_prefix(prompt).unwrap_or_else(|| panic!("no prompt in: {said}"));
        assert_eq!(rest.starts_with("  It is.\n"), unfolds, "{typed:?}: {said}");
        assert!(rest.contains("others:  "), "{said}");
    }
    // Where the answers are given before, nobody is there to unfold it.
    assert!(ends(&["--answer", "a,a,a,a,a"], "").starts_with("Is it so?\n  It is.\n"));
}
