//! Predict: the reader says what a lesson's models do before they are run.
//!
//! A question is made of a variant that exists: its choices are claims about its model, and a claim
//! is held to be true only by running that model when it is asked. No answer is written down.

use std::io;

use crate::cards::FlashCard;
use crate::chosen::Chosen;
use crate::explore::Thread;
use crate::options::SITTING;
use crate::progress::with_spinner;
use crate::source;
use crate::terminal::{Style, Terminal};
use crate::typed::typed;

pub(crate) use self::answered::Answered;
use self::draw::Draw;
use self::question::Question;
use self::sitting::{Card, Judged, Sitting};
use self::subject::Subject;
pub(crate) use self::weaken::weaken;

mod answered;
mod asked;
mod claim;
mod draw;
mod question;
mod sitting;
mod subject;
mod weaken;

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

/// The word in a file of progress for a question that a variant brings with it.
const SHOWN: &str = "shown";

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
    /// The name of the one lesson that is asked about, or of the topic.
    pub(crate) of: &'a str,
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
    mut answered: Option<&mut Answered>,
) -> io::Result<()> {
    let subjects = Subject::of(request.lessons);
    let mut draw = Draw::new(request.seed);
    let mut left = Left::new(request.topic, &subjects, answered.as_deref(), &mut draw);
    let mut sitting = Sitting::new(terminal, request.answers);
    let rest = format!(", at most {SITTING} questions of seed {}", request.seed);
    sitting.title(&format!("quiz · {}", request.of), &rest)?;
    let mut shown = asked::of(request, answered.as_deref());
    draw.shuffle(&mut shown);
    shown.sort_by_key(|one| std::cmp::Reverse(one.known));
    let mut whole = true;
    while sitting.asked < SITTING {
        // Every other question is of this kind where there are such.
        let known = if sitting.asked % 2 == 1
            && let Some(one) = shown.pop()
        {
            let right = sitting.ask(&one.card(request.topic), || one.judged())?;
            right.map(|right| (right, one.entry(request.topic)))
        } else {
            let Some((kind, subject)) = left.next() else { break };
            let made = with_spinner("the schedules", || {
                question::make(kind, subject, &subjects, &mut draw)
            });
            let Some(question) = made else { continue };
            left.asked.push((kind, subject));
            let right = sitting.ask(&card(request.topic, &question), || judged(&question))?;
            right.map(|right| (right, entry(request.topic, subject, kind)))
        };
        let Some((right, entry)) = known else {
            whole = false;
            break;
        };
        if right && let Some(answered) = &mut answered {
            answered.add(&entry)?;
        }
    }
    sitting.score()?;
    if let Some(card) = flash_card(request, &mut draw).filter(|_| whole) {
        sitting.unfold(&card)?;
    }
    request.ask_others(terminal)
}

impl Request<'_> {
    /// Prints the command that asks other questions.
    fn ask_others(&self, terminal: &mut Terminal) -> io::Result<()> {
        let Self { again, seed, .. } = self;
        terminal.command("others:  ", &format!("{again} --seed {}", seed.wrapping_add(1)))
    }
}

/// Draws a question of the topic's README, where the quiz is of all its lessons.
fn flash_card(request: &Request<'_>, draw: &mut Draw) -> Option<FlashCard> {
    if request.lessons.len() < 2 {
        return None;
    }
    let cards = crate::cards::cards(&source::text(&format!("{}/README.md", request.topic))?);
    draw.one_of(&cards).cloned()
}

/// Returns what a file of progress holds of a question.
fn entry(topic: &str, subject: &Subject<'_>, kind: Kind) -> String {
    answered::entry(topic, subject.lesson.name, subject.variant.name, kind.word())
}

/// Returns a question as it stands on the screen.
fn card(topic: &str, question: &Question<'_>) -> Card {
    let Subject { lesson, variant, size, .. } = question.subject;
    let quiet = |first: &str, text: String| (first.to_owned(), Style::Quiet, text);
    let story = variant.story.unwrap_or(lesson.story).to_owned();
    let mut told =
        vec![("  ".to_owned(), Style::Plain, story), quiet("  read  ", lesson.source.to_owned())];
    if !question.steps.is_empty() {
        told.push(quiet("  so far: ", question.steps.clone()));
    }
    let names = question.threads.iter().map(|thread| thread.name.chars().count()).max();
    for thread in &question.threads {
        let first = format!("  {:<1$}  ", thread.name, names.unwrap_or(0));
        told.push(quiet(&first, stands(thread, !question.steps.is_empty())));
    }
    Card {
        of: lesson.name.to_owned(),
        rest: format!(", variant {}, {size}", variant.name),
        told,
        asks: question.asks.clone(),
        choices: question.claims.iter().map(ToString::to_string).collect(),
        proof: format!(
            "{} {} --variant {} {}",
            typed(topic),
            lesson.name,
            variant.name,
            question.proof
        ),
    }
}

fn judged(question: &Question<'_>) -> Judged {
    let truth = question.claims.iter().map(|claim| claim.is_true(question.subject));
    Judged { truth: truth.collect(), why: question.why(), told: Vec::new() }
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
            let known = answered.is_some_and(|known| known.holds(&entry(topic, subject, kind)));
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
    let at = at.filter(|_| !thread.is_past()).map(|at| format!(" · {at}"));
    format!("{holds}next: {next}{}", at.unwrap_or_default())
}
