//! Predict: the reader says what a lesson's models do before they are run.
//!
//! A question is made of a variant that exists: its choices are claims about its model, and a claim
//! is held to be true only by running that model when it is asked. No answer is written down.

use std::io::{self, BufRead, IsTerminal};

use crate::chosen::Chosen;
use crate::explore::Thread;
use crate::play::next_line;
use crate::progress::with_spinner;
use crate::source;
use crate::terminal::{Style, Terminal};

pub(crate) use self::answered::Answered;
use self::draw::Draw;
use self::question::Question;
use self::subject::Subject;

mod answered;
mod claim;
mod draw;
mod question;
mod subject;

/// The number of questions of one sitting.
pub(crate) const SITTING: usize = 5;

/// What kind of question it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whether a variant holds, fails in some or in all of its schedules.
    Ends,
    /// How many of its schedules differ.
    Count,
    /// Which threads can move at a position.
    Moves,
    /// What happens if a thread moves at a position.
    After,
    /// Which one of some schedules has failed.
    Fails,
    /// Which values come out.
    Values,
}

impl Kind {
    /// All kinds, in the order in which a sitting would ask them if nothing were drawn.
    const ALL: [Self; 6] =
        [Self::Ends, Self::Count, Self::Moves, Self::After, Self::Fails, Self::Values];

    /// Returns the word for it in a file of progress.
    fn word(self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Count => "count",
            Self::Moves => "moves",
            Self::After => "after",
            Self::Fails => "fails",
            Self::Values => "values",
        }
    }
}

/// What a sitting is of.
pub(crate) struct Request<'a> {
    /// The topic's package.
    pub(crate) topic: &'a str,
    /// The lessons that are asked about.
    pub(crate) lessons: &'a [Chosen],
    /// The seed that the questions are drawn from.
    pub(crate) seed: u64,
    /// The letters that were given in place of standard input.
    pub(crate) answers: Option<&'a [char]>,
    /// The command that asks again, without its seed.
    pub(crate) again: String,
}

/// Asks the questions of one sitting, and prints the score. Those that `answered` holds come last,
/// and it is told what was answered right.
pub(crate) fn sit(
    terminal: &mut Terminal,
    request: &Request<'_>,
    answered: Option<&mut Answered>,
) -> io::Result<()> {
    let subjects = Subject::of(request.lessons);
    let mut draw = Draw::new(request.seed);
    let mut left = Left::new(request.topic, &subjects, answered.as_deref(), &mut draw);
    let input = match request.answers {
        Some(letters) => Input::Given(letters.iter()),
        None => Input::Typed(io::stdin().lock().lines()),
    };
    let mut sitting = Sitting { terminal, request, input, answered, asked: 0, told: 0, right: 0 };
    let (name, rest) = sitting.title();
    sitting.terminal.wrap(&name, Style::Title, &rest)?;
    while sitting.asked < SITTING {
        let Some((kind, subject)) = left.next() else { break };
        let made =
            with_spinner("the schedules", || question::make(kind, subject, &subjects, &mut draw));
        let Some(question) = made else { continue };
        left.asked.push((kind, subject));
        sitting.asked += 1;
        sitting.show(&question)?;
        if !sitting.ask(&question)? {
            break;
        }
    }
    sitting.score()
}

/// The questions that can still be asked, in an order that was drawn.
struct Left<'a> {
    drawn: Vec<Candidate<'a>>,
    asked: Vec<(Kind, &'a Subject<'a>)>,
}

struct Candidate<'a> {
    kind: Kind,
    subject: &'a Subject<'a>,
    /// Whether it was answered right before.
    known: bool,
}

impl<'a> Left<'a> {
    fn new(
        topic: &str,
        subjects: &'a [Subject<'a>],
        answered: Option<&Answered>,
        draw: &mut Draw,
    ) -> Self {
        let candidate = |kind, subject| {
            let known = answered.is_some_and(|known| known.holds(topic, subject, kind));
            Candidate { kind, subject, known }
        };
        let all =
            subjects.iter().flat_map(|subject| Kind::ALL.map(|kind| candidate(kind, subject)));
        let mut drawn: Vec<_> = all.collect();
        draw.shuffle(&mut drawn);
        Self { drawn, asked: Vec::new() }
    }

    /// Takes the next: what was answered right before comes last, and the kinds and the variants
    /// take turns.
    fn next(&mut self) -> Option<(Kind, &'a Subject<'a>)> {
        let rank = |Candidate { kind, subject, known }: &Candidate<'_>| {
            let kinds = self.asked.iter().filter(|(asked, _)| asked == kind).count();
            let is_it = |asked: &&(Kind, &Subject<'_>)| std::ptr::eq(asked.1, *subject);
            (*known, kinds, self.asked.iter().filter(is_it).count())
        };
        let (next, _) = self.drawn.iter().enumerate().min_by_key(|(_, one)| rank(one))?;
        let Candidate { kind, subject, .. } = self.drawn.remove(next);
        Some((kind, subject))
    }
}

/// Where the answers come from.
enum Input<'a> {
    Given(std::slice::Iter<'a, char>),
    Typed(io::Lines<io::StdinLock<'static>>),
}

/// Tells where a thread stands: the line, and, on the way through a schedule, what it holds and
/// would do next, though not whether it can.
fn stands(thread: &Thread, on_the_way: bool) -> String {
    let Some(next) = &thread.next else { return "has ended".to_owned() };
    let at = thread.at.map(|at| {
        let line = source::line(at).unwrap_or_default();
        format!("{}  {line}", source::short(at))
    });
    if !on_the_way {
        return at.unwrap_or_else(|| next.clone());
    }
    let holds = match thread.holds.as_slice() {
        [] => String::new(),
        held => format!("holds {}, ", held.join(", ")),
    };
    // A lock that is released by the end of its guard has no line of its own.
    let at = at.filter(|_| !next.starts_with("releases")).map(|at| format!(" · {at}"));
    format!("{holds}next: {next}{}", at.unwrap_or_default())
}

struct Sitting<'a> {
    terminal: &'a mut Terminal,
    request: &'a Request<'a>,
    input: Input<'a>,
    answered: Option<&'a mut Answered>,
    /// How many questions were asked, how many of them were answered, how many of those right.
    asked: usize,
    told: usize,
    right: usize,
}

impl Sitting<'_> {
    fn title(&self) -> (String, String) {
        let Request { topic, lessons, seed, .. } = self.request;
        let of = match lessons {
            [one] => one.lesson.name,
            _ => topic,
        };
        (format!("quiz · {of}"), format!(", at most {SITTING} questions of seed {seed}"))
    }

    /// Prints a question and its choices.
    fn show(&mut self, question: &Question<'_>) -> io::Result<()> {
        let Subject { lesson, variant, size, .. } = question.subject;
        let terminal = &mut *self.terminal;
        terminal.gap();
        terminal.wrap(
            &format!("question {} · {}", self.asked, lesson.name),
            Style::Title,
            &format!(", variant {}, {size}", variant.name),
        )?;
        terminal.wrap("  ", Style::Plain, variant.story.unwrap_or(lesson.story))?;
        terminal.wrap("  read  ", Style::Quiet, lesson.source)?;
        if !question.steps.is_empty() {
            terminal.wrap("  so far: ", Style::Quiet, &question.steps)?;
        }
        let names = question.threads.iter().map(|thread| thread.name.chars().count()).max();
        for thread in &question.threads {
            let first = format!("  {:<1$}  ", thread.name, names.unwrap_or(0));
            let told = stands(thread, !question.steps.is_empty());
            terminal.wrap(&first, Style::Quiet, &told)?;
        }
        terminal.gap();
        terminal.wrap("  ", Style::Plain, &question.asks)?;
        for (letter, claim) in ('a'..).zip(&question.claims) {
            terminal.wrap(&format!("    {letter}  "), Style::Title, &claim.to_string())?;
        }
        Ok(())
    }

    /// Waits for an answer and judges it; tells whether to go on.
    fn ask(&mut self, question: &Question<'_>) -> io::Result<bool> {
        let last = char::from_digit(9 + question.claims.len() as u32, 36).unwrap_or('d');
        let letters = || ('a'..=last).zip(&question.claims);
        loop {
            self.terminal.prompt(&format!("  a to {last}, q quits > "))?;
            let word = match &mut self.input {
                Input::Given(letters) => letters.next().map(|letter| (letter.to_string(), true)),
                Input::Typed(lines) => {
                    next_line(lines).map(|line| (line, !io::stdin().is_terminal()))
                }
            };
            let Some((word, echo)) = word else {
                self.terminal.text("")?;
                return Ok(false);
            };
            let word = word.trim().to_lowercase();
            if echo {
                self.terminal.text(&word)?;
            }
            if word == "q" || word == "quit" {
                return Ok(false);
            }
            let chosen = letters().find(|(letter, _)| word == letter.to_string());
            if chosen.is_none() {
                let known = format!("'{word}' is no answer: a letter from a to {last}, or q");
                self.terminal.wrap("  ", Style::Plain, &known)?;
                // A letter that was given is of this question and of no other.
                if matches!(self.input, Input::Typed(_)) {
                    continue;
                }
            }
            self.told += 1;
            let is_right = chosen.is_some_and(|(_, claim)| claim.is_true(question.subject));
            let why = question.why();
            if is_right {
                self.right += 1;
                self.terminal.wrap("  right: ", Style::Good, &why)?;
                if let Some(answered) = &mut self.answered {
                    answered.add(self.request.topic, question.subject, question.kind)?;
                }
            } else {
                let truth = letters().filter(|(_, claim)| claim.is_true(question.subject));
                let truth: Vec<_> = truth.map(|(letter, _)| letter.to_string()).collect();
                let first = format!("  not right, it is {}: ", truth.join(" and "));
                self.terminal.wrap(&first, Style::Bad, &why)?;
            }
            let Subject { lesson, variant, .. } = question.subject;
            let proof = format!(
                "cargo run -p {} -- {} --variant {} {}",
                self.request.topic, lesson.name, variant.name, question.proof
            );
            self.terminal.command("  proof:  ", &proof)?;
            return Ok(true);
        }
    }

    fn score(&mut self) -> io::Result<()> {
        let left = match self.asked - self.told {
            0 => String::new(),
            _ => ", the last question was not answered".to_owned(),
        };
        self.terminal.gap();
        let score = format!("{} of {} right{left}", self.right, self.told);
        self.terminal.wrap("score: ", Style::Title, &score)?;
        let Request { again, seed, .. } = self.request;
        self.terminal.command("others:  ", &format!("{again} --seed {}", seed.wrapping_add(1)))
    }
}
