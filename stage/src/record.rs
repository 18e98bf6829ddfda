//! What a run says of itself: a [`tracing`] layer that keeps what each lane did, and when.
//!
//! A lesson opens a span for as long as something lasts, and stage draws it:
//!
//! | span | field `what` | drawn as |
//! | --- | --- | --- |
//! | `holds` | what is held: a lock, a permit | solid |
//! | `waits` | what is waited for; `from` names the lane that has to give it, where that is known | hatched |
//! | `runs` | the work that is done | half height |
//! | `idles` | why there is nothing to do | dotted |
//!
//! An event is an instant: a step of the schedule at level info, a mark in the lane at level error.
//! The marks `panics` and `dead` end their lane. A span counts from when it is made until it is
//! dropped; it need not be entered, so it may be kept beside a guard, across threads and across an
//! await. A lane is a thread's, by its name; a span with the field `lane` makes one for all that
//! happens inside it, which is what a task wants; where a parent tells what its child does, the
//! field `pid` beside it says whose lane it is.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

mod line;

/// What a lane can be seen doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Holds a resource.
    Holds,
    /// Waits for one.
    Waits,
    /// Works.
    Runs,
    /// Has nothing to do.
    Idles,
}

impl State {
    /// Returns the word for it, which is also the name of its spans.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Waits => "waits",
            Self::Runs => "runs",
            Self::Idles => "idles",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Holds, Self::Waits, Self::Runs, Self::Idles]
            .into_iter()
            .find(|state| state.word() == name)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A span began.
    Opened {
        /// Tells this span from every other of its process.
        id: u64,
        /// What the lane does while the span is open.
        state: State,
        /// What it holds, waits for or works on.
        label: String,
        /// The lane that has to act for a wait to end, where the lesson knows it.
        from: Option<String>,
    },
    /// The span of that number ended.
    Closed {
        /// The number that `Opened` gave.
        id: u64,
    },
    /// An instant.
    Said {
        /// What was said.
        text: String,
        /// Whether the lane shows a mark there.
        mark: bool,
    },
}

/// One thing that happened: when, in which process and thread, in whose lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Nanoseconds on the machine's monotonic clock, which all its processes share.
    pub at: u64,
    /// The process.
    pub pid: u32,
    /// The thread, by the kernel's number; the first one of another process.
    pub tid: u64,
    /// The lane: a thread's or a task's name.
    pub lane: String,
    /// What happened.
    pub what: What,
}

/// Takes records, wherever they go: into memory, down a pipe, into a step of a schedule.
pub trait Sink: Send + Sync + 'static {
    /// Takes one record. Called on the thread that acted, in its own order.
    fn take(&self, record: Record);

    /// Names the lane of whoever acts now; by default after the thread.
    fn lane(&self) -> String {
        std::thread::current().name().unwrap_or("unnamed").to_owned()
    }

    /// Takes note of where in the source the next record is told.
    fn tells(&self, _file: &'static str, _line: u32) {}
}

impl<S: Sink> Sink for std::sync::Arc<S> {
    fn take(&self, record: Record) {
        (**self).take(record);
    }
    fn lane(&self) -> String {
        (**self).lane()
    }
    fn tells(&self, file: &'static str, line: u32) {
        (**self).tells(file, line);
    }
}

/// Turns a lesson's spans and events into [`Record`]s.
pub struct Recorder<S> {
    sink: S,
    spans: AtomicU64,
}

/// The lane that a span opens for what happens inside it, and the process that it is of, if that is
/// another one.
#[derive(Clone)]
struct LaneOf(String, Option<u32>);

/// What has to be said when a drawn span ends.
struct Open {
    id: u64,
    lane: LaneOf,
}

impl<S: Sink> Recorder<S> {
    /// Makes a layer that hands what it sees to `sink`.
    pub fn new(sink: S) -> Self {
        Self { sink, spans: AtomicU64::new(0) }
    }

    fn record(&self, LaneOf(lane, process): LaneOf, what: What) {
        // A process's first thread has its number.
        let (pid, tid) =
            process.map_or_else(|| (std::process::id(), thread_number()), |pid| (pid, pid.into()));
        self.sink.take(Record { at: now(), pid, tid, lane, what });
    }

    fn lane<'a, C: LookupSpan<'a>>(
        &self,
        scope: Option<tracing_subscriber::registry::Scope<'a, C>>,
    ) -> LaneOf {
        scope.and_then(lane_around).unwrap_or_else(|| LaneOf(self.sink.lane(), None))
    }
}

impl<S: Sink, C> Layer<C> for Recorder<S>
where
    C: Subscriber + for<'a> LookupSpan<'a>,
{
    // Nothing below that level is asked for: what the model checker traces costs no call then.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    // The answer depends on who listens at the moment, and that changes from run to run.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    // The model checker speaks through tracing as well, of its own affairs.
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, C>) -> bool {
        !metadata.target().starts_with("shuttle") && *metadata.level() <= Level::INFO
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, C>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(lane) = fields.lane {
            span.extensions_mut().insert(LaneOf(lane, fields.pid));
        }
        if let Some(state) = State::named(attributes.metadata().name()) {
            let lane = self.lane(Some(span.scope()));
            let id = self.spans.fetch_add(1, Relaxed);
            span.extensions_mut().insert(Open { id, lane: lane.clone() });
            self.record(lane, What::Opened { id, state, label: fields.what, from: fields.from });
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, C>) {
        let Some(span) = context.span(&id) else { return };
        let open = span.extensions_mut().remove::<Open>();
        if let Some(Open { id, lane }) = open {
            self.record(lane, What::Closed { id });
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, C>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let lane = self.lane(context.event_scope(event));
        let metadata = event.metadata();
        let mark = *metadata.level() == Level::ERROR;
        if let (Some(file), Some(line)) = (metadata.file(), metadata.line()) {
            self.sink.tells(file, line);
        }
        self.record(lane, What::Said { text: fields.message, mark });
    }
}

fn lane_around<'a, C: LookupSpan<'a>>(
    scope: tracing_subscriber::registry::Scope<'a, C>,
) -> Option<LaneOf> {
    scope.into_iter().find_map(|span| span.extensions().get::<LaneOf>().cloned())
}

#[derive(Default)]
struct Fields {
    what: String,
    from: Option<String>,
    lane: Option<String>,
    pid: Option<u32>,
    message: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "what" => value.clone_into(&mut self.what),
            "from" => self.from = Some(value.to_owned()),
            "lane" => self.lane = Some(value.to_owned()),
            "pid" => self.pid = value.parse().ok(),
            "message" => value.clone_into(&mut self.message),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// Reads the machine's monotonic clock, in nanoseconds.
pub fn now() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000
        + u64::try_from(time.tv_nsec).unwrap_or(0)
}

#[cfg(target_os = "linux")]
pub(crate) fn thread_number() -> u64 {
    u64::try_from(rustix::thread::gettid().as_raw_nonzero().get()).unwrap_or(0)
}

/// Numbers the threads by themselves where the kernel's number is not to be had.
#[cfg(not(target_os = "linux"))]
pub(crate) fn thread_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local!(static ME: u64 = NEXT.fetch_add(1, Relaxed));
    ME.with(|me| *me)
}
